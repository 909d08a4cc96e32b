"""sync.so's own SDKs on the deployed platform, beside all others: what they met."""

import hashlib
import hmac
import re
import time

from tests.support.clients import mouth_of
from tests.support.visits import Visit, refusals

MODELS = ["lipsync-2", "lipsync-2-pro", "lipsync-1.9.0-beta", "react-1", "sync-3"]


def charged(visit: Visit, generation: dict) -> int:
    """Milli-credits that a generation cost."""
    job = visit.client.call("GET", f"/jobs/{generation['id']}")
    return int(job["credits"]["charged_millicredits"])


def test_the_python_sdk_makes_a_video(visits):
    """Create under a key, get, download; dollars for each frame, to the last milli-credit."""
    visit = visits["sync_so"]
    told, made = visit.told, visit.told["made"]
    assert told["cost"] == [{"estimated_frame_count": 300.0, "estimated_generation_cost": 0.6}]
    assert (told["created"]["status"], told["again"]) == ("PENDING", made["id"])
    assert set(told["seen"]) <= {"PENDING", "PROCESSING", "COMPLETED"}
    assert (made["status"], made["model"]) == ("COMPLETED", "lipsync-2"), made
    assert [one["type"] for one in made["input"]] == ["video", "audio"]
    assert made["options"]["active_speaker_detection"]["coordinates"] == [225, 115]
    assert made["output_url"].partition("?")[0].endswith(".mp4")
    assert "my_take-1.mp4" in made["output_url"]
    frames, moved = mouth_of(visit.folder / "made.mp4")
    assert moved > 0.02
    assert frames == round(made["output_duration"] * 25)
    assert charged(visit, made) == frames * 20_000 // 500


def test_files_of_a_form_are_dubbed(visits):
    """Both came with the request itself; the library knows them from then on."""
    visit = visits["sync_so"]
    sent, library = visit.told["sent"], visit.told["library"]
    assert sent["status"] == "COMPLETED", sent
    frames = round(sent["output_duration"] * 25)
    assert charged(visit, sent) == -(-frames * 20_000 // 300)
    known = {one["id"]: one for one in library["items"]}
    named = {one["type"]: one["asset_id"] for one in sent["input"]}
    assert known[named["video"]]["type"] == "VIDEO"
    assert known[named["audio"]]["duration_seconds"] > 0.5
    assert visit.told["asset"] in library["items"]


def test_a_batch_is_a_file_with_a_line_for_each(visits):
    """A rehearsal makes nothing; then all end, here a part of the video; results are at an address without a key."""
    told = visits["sync_so"].told
    (line,) = told["results"]
    assert line["request_id"] == "one"
    assert line["response"]["segments"][0]["startTime"] == 0.6
    assert line["response"]["outputDuration"] == 2
    assert line["response"]["outputUrl"].partition("?")[0].endswith(".mp4")
    assert told["rehearsed"] == {"status": "VALIDATED"}
    assert told["batch"]["status"] == "COMPLETED"
    assert told["batch"]["metrics"] == {
        "total_generations": 1,
        "success_count": 1,
        "failed_count": 0,
        "pending_count": 0,
    }
    assert told["batches"] == [told["batch"]["id"]]


def test_lists_models_and_errors_are_the_vendors(visits):
    """Newest first, and by their ids; each error in the vendor's own shape."""
    visit = visits["sync_so"]
    told = visit.told
    assert len(told["listed"]) == 3
    assert told["picked"] == [told["made"]["id"], told["sent"]["id"]]
    assert told["models"] == MODELS
    assert refusals(visit, "errors", "errorCode") == {
        "a stranger's key": [401, "unauthenticated"],
        "too dear": [402, "insufficient_credits"],
        "unknown": [404, "job_not_found"],
        "no voice": [400, "generation_input_validation_failed"],
    }


def test_webhooks_are_signed_by_the_vendors_scheme(visits):
    """Timestamp and HMAC in one header, ours on top; a generation once, though it was sent twice; the batch."""
    visit = visits["sync_so"]
    for hook in visit.hooks:
        header = hook.headers["sync-signature"]
        timestamp, signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", header).groups()
        signed = f"{timestamp}.".encode() + hook.body
        expected = hmac.new(visit.secret.encode(), signed, hashlib.sha256).hexdigest()
        assert hook.verified
        assert signature == expected
        assert abs(time.time() - int(timestamp)) < 600
    told = {hook.payload["id"]: hook.payload for hook in visit.hooks}
    made, batch = visit.told["made"], visit.told["batch"]
    assert set(told) == {made["id"], batch["id"]}
    same = ("id", "status", "model", "input", "options")
    assert [told[made["id"]][name] for name in same] == [made[name] for name in same]
    assert told[made["id"]]["outputUrl"].partition("?")[0].endswith(".mp4")
    assert told[batch["id"]]["metrics"]["success_count"] == 1
    assert told[batch["id"]]["outputUrl"] == batch["output_url"]


def test_the_node_sdk_makes_videos(visits):
    """By URL, with a file in a form, as a batch, rehearsed first; lists as it writes them; its errors."""
    visit = visits["sync_so_node"]
    told, made = visit.told, visit.told["made"]
    assert told["cost"][0]["estimatedGenerationCost"] == 0.6
    assert told["rehearsed"] == {"status": "VALIDATED"}
    (line,) = told["results"]
    assert (line["request_id"], line["response"]["status"]) == ("one", "COMPLETED")
    assert told["batch"]["metrics"]["success_count"] == 1
    assert told["batches"] == [told["batch"]["id"]]
    assert (made["status"], told["uploaded"]["status"]) == ("COMPLETED", "COMPLETED"), told
    assert told["listed"] == [made["id"], told["uploaded"]["id"]]
    assert told["models"] == MODELS
    assert {one["type"] for one in told["assets"]} == {"AUDIO"}
    assert refusals(visit, "errors", "statusCode") == {
        "unknown": [404, 404],
        "a stranger's key": [401, 401],
        "no voice": [400, 400],
    }
    assert mouth_of(visit.folder / "made.mp4")[1] > 0.02
