"""JoggAI's way to a video against the deployed platform: only base URL and key are ours."""

import hashlib
import hmac

from infra.local.receiver import Receiver
from tests.support.clients import mouth_of, run_client


def test_a_runner_uploads_looks_up_creates_and_is_told(platform, clip, voice, tmp_path):
    """Both prefixes, a webhook in the vendor's words and signature, credits in hundredths."""
    client, receiver = platform.new_client(credits=1000), Receiver()
    # Our own signature is another test's; the vendor's is looked at below.
    receiver.trust("whsec_" + "A" * 44)
    with receiver.running():
        told = run_client(
            "joggai.py",
            {
                "base_url": platform.base_url,
                "key": client.api_key,
                "video": str(clip),
                "voice": str(voice),
                "webhook_url": receiver.url,
                "file": str(tmp_path / "made.mp4"),
            },
        )
        hook = receiver.wait(60)
    task, endpoint = told["task"], told["endpoint"]
    assert told["before"] == [200, 10104]
    assert told["made"] == {"task_id": task["task_id"], "status": "pending"}
    assert task["status"] == "success", task
    assert set(told["seen"]) <= {"pending", "processing", "success"}
    assert told["found"]["task_id"] == task["task_id"]
    assert task["completed_at"] >= task["created_at"]
    assert [one["endpoint_id"] for one in told["listed"]] == [endpoint["endpoint_id"]]
    assert told["refused"] == {
        "unknown": [200, 10104],
        "no voice": [200, 40000],
        "bad key": [200, 10105],
    }
    signed = hmac.new(endpoint["secret"].encode(), hook.body, hashlib.sha256)
    assert hook.headers["x-webhook-signature"] == signed.hexdigest()
    assert hook.headers["x-webhook-event"] == "generated_lip_sync_video_success"
    frames, moved = mouth_of(tmp_path / "made.mp4")
    assert frames == round(task["data"]["duration_seconds"] * 25)
    assert moved > 0.02
    credits = client.call("GET", "/account")["credits"]
    hundredths = -(-round(task["data"]["duration_seconds"] * 1000) // 1250)
    assert credits["balance_millicredits"] == 1_000_000 - hundredths * 1250
