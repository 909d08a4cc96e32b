"""LipSync.dev's sample against the deployed platform: only base URL, key and media are ours."""

import shutil
from pathlib import Path

from infra.local.receiver import Receiver
from tests.support.clients import mouth_of, run_client, shared_files


def test_the_sample_makes_a_video_and_is_told(platform, clip, voice, tmp_path):
    """Generate, poll, download; a webhook in the vendor's words with our signature; five credits for a started minute."""
    video, sound = (Path(shutil.copy(one, tmp_path)) for one in (clip, voice))
    client, receiver = platform.new_client(credits=1000), Receiver()
    with receiver.running(), shared_files(video, sound) as (video_url, voice_url):
        receiver.trust(client.call("GET", "/account")["webhook_secret"])
        told = run_client(
            "lipsync_dev.py",
            {
                "base_url": f"{platform.base_url}/api/v1",
                "key": client.api_key,
                "video_url": video_url,
                "audio_url": voice_url,
                "webhook_url": receiver.url,
                "file": str(tmp_path / "made.mp4"),
            },
        )
        hook = receiver.wait(60)
    job = told["submitted"]["data"]
    assert told["submitted"]["success"] is True
    assert (job["status"], job["inputType"], job["estimatedCredits"], job["estimatedTime"]) == (
        "queued",
        "video",
        5,
        120,
    )
    assert told["status"]["data"]["status"] == "completed", told["status"]
    assert set(told["seen"]) <= {"queued", "processing", "completed"}
    assert hook.verified
    assert (hook.payload["jobId"], hook.payload["status"], hook.payload["creditsUsed"]) == (
        job["jobId"],
        "completed",
        5,
    )
    assert hook.payload["result"]["outputUrl"].partition("?")[0].endswith(".mp4")
    assert 0.8 < hook.payload["result"]["duration"] < 2
    credits = client.call("GET", "/account")["credits"]
    assert credits["balance_millicredits"] == 1_000_000 - 5 * 12_000
    assert {
        name: [status, body["success"]] for name, (status, body) in told["refused"].items()
    } == {
        "both": [400, False],
        "unknown": [404, False],
        "bad key": [401, False],
    }
    _, moved = mouth_of(tmp_path / "made.mp4")
    assert moved > 0.02
