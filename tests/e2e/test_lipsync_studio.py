"""lipsync.studio's sample against the deployed platform: only base URL, key and media are ours."""

import shutil
from pathlib import Path

from infra.local.receiver import Receiver
from tests.support.clients import mouth_of, run_client, shared_files


def test_the_sample_makes_an_image_speak_and_is_told(platform, portrait, voice, tmp_path):
    """Submit, poll, download; a webhook in the vendor's words with our signature; five seconds at least."""
    picture, sound = (Path(shutil.copy(one, tmp_path)) for one in (portrait, voice))
    client, receiver = platform.new_client(credits=1000), Receiver()
    with receiver.running(), shared_files(picture, sound) as (image_url, audio_url):
        receiver.trust(client.call("GET", "/account")["webhook_secret"])
        told = run_client(
            "lipsync_studio.mjs",
            {
                "base_url": f"{platform.base_url}/api/v1",
                "key": client.api_key,
                "image_url": image_url,
                "audio_url": audio_url,
                "webhook_url": receiver.url,
                "file": str(tmp_path / "made.mp4"),
            },
            node=True,
        )
        hook = receiver.wait(60)
    submitted, status = told["submitted"], told["status"]
    assert submitted["status"] == "processing"
    assert submitted["requestId"] == submitted["id"] == status["id"]
    assert (status["status"], status["model"], status["error"]) == (
        "completed",
        "lipsync-image",
        "",
    )
    assert status["executionTime"] > 0
    assert hook.verified
    same = ("id", "model", "status", "error", "executionTime", "timings")
    assert [hook.payload[name] for name in same] == [status[name] for name in same]
    credits = client.call("GET", "/account")["credits"]
    assert credits["balance_millicredits"] == 1_000_000 - 10 * 250
    refused = {name: [code, list(body)] for name, (code, body) in told["refused"].items()}
    assert refused == {
        "another size": [400, ["error"]],
        "unknown": [404, ["error"]],
        "bad key": [401, ["error"]],
    }
    _, moved = mouth_of(tmp_path / "made.mp4")
    assert moved > 0.02
