"""Magic Hour's unmodified SDKs against the deployed platform: only base URL and key are ours."""

import hashlib
import hmac
import shutil
import time
from pathlib import Path

from infra.local.receiver import Received, Receiver
from tests.support.clients import mouth_of, run_client, shared_files


def is_signed(hook: Received, secret: str) -> bool:
    """By the vendor's own scheme: hex HMAC-SHA256 over timestamp, full stop and body."""
    timestamp = hook.headers["magic-hour-event-timestamp"]
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + hook.body, hashlib.sha256)
    is_fresh = abs(time.time() - int(timestamp)) < 300
    return is_fresh and signed.hexdigest() == hook.headers["magic-hour-event-signature"]


def test_the_python_sdk_makes_videos(platform, clip, portrait, voice, tmp_path):
    """Local files, URLs, a talking photo; download, delete, account, credits to the frame, every error of the vendor's."""
    video, sound = (Path(shutil.copy(one, tmp_path)) for one in (clip, voice))
    made_in = tmp_path / "made"
    made_in.mkdir()
    client, receiver = platform.new_client(credits=1000), Receiver()
    endpoint = client.call(
        "POST", "/webhook-endpoints", {"url": receiver.url, "format": "magic_hour"}
    )
    receiver.trust(endpoint["secret"])
    with receiver.running(), shared_files(video, sound) as (video_url, voice_url):
        told = run_client(
            "magic_hour_sdk.py",
            {
                "base_url": platform.base_url,
                "key": client.api_key,
                "poor_key": platform.new_account(credits=1),
                "folder": str(made_in),
                "video": str(video),
                "voice": str(sound),
                "image": str(portrait),
                "video_url": video_url,
                "voice_url": voice_url,
            },
        )
        # Three begin and three are complete.
        hooks = [receiver.wait(60) for _ in range(6)]
    made, fetched, photo = told["made"], told["fetched"], told["photo"]
    assert [one["status"] for one in (made, fetched, photo)] == ["complete"] * 3
    assert [one["type"] for one in (made, fetched, photo)] == [
        "LIP_SYNC",
        "LIP_SYNC",
        "TALKING_PHOTO",
    ]
    assert (made["name"], made["width"], made["height"], made["fps"]) == (
        "My Lip Sync video",
        512,
        512,
        12.0,
    )
    # A second at 30 frames, twice as much for pro; then what was rendered: 12, 25 and 15 frames.
    assert told["created"]["credits_charged"] == told["created"]["estimated_frame_cost"] == 60
    assert [one["credits_charged"] for one in (made, fetched, photo)] == [12, 50, 15]
    assert told["before"]["credits"] == 25_000
    assert told["after"]["credits"] == 25_000 - 12 - 50 - 15
    assert told["assets"]["video_file_path"].startswith("api-assets/")
    assert {name: [status, body["code"]] for name, (status, body) in told["errors"].items()} == {
        "a stranger's key": [401, "unauthorized"],
        "too dear": [402, "insufficient_credits"],
        "deleted": [404, "not_found"],
        "out of order": [422, "unprocessable_entity"],
        "never uploaded": [422, "unprocessable_entity"],
    }
    ends = [one.payload["type"] for one in hooks if one.payload["payload"]["id"] == made["id"]]
    assert sorted(ends) == ["video.completed", "video.started"]
    assert all(one.verified and is_signed(one, endpoint["secret"]) for one in hooks)
    frames, moved = mouth_of(Path(told["file"]))
    assert frames == 12
    assert moved > 0.02


def test_the_node_sdk_makes_a_video(platform, clip, voice, tmp_path):
    """Upload, create, poll, download, delete and the errors, as npm's package does them."""
    told = run_client(
        "magic_hour_sdk.cjs",
        {
            "base_url": platform.base_url,
            "key": platform.new_account(credits=1000),
            "folder": str(tmp_path),
            "video": str(clip),
            "voice": str(voice),
        },
        node=True,
        package="magic-hour",
    )
    made = told["made"]
    assert (made["status"], made["type"], made["creditsCharged"]) == ("complete", "LIP_SYNC", 12)
    assert told["shown"]["downloads"][0]["url"].partition("?")[0].endswith("/output.mp4")
    assert {name: [status, body["code"]] for name, (status, body) in told["errors"].items()} == {
        "deleted": [404, "not_found"],
        "a stranger's key": [401, "unauthorized"],
        "never uploaded": [422, "unprocessable_entity"],
    }
    frames, moved = mouth_of(Path(made["downloadedPaths"][0]))
    assert frames == 12
    assert moved > 0.01
