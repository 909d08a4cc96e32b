"""Vendors' clients against the deployed platform, side by side on one origin: only base URL, key and media are ours.

Each client has an account of its own; what it met is told here when all have ended.
"""

import hashlib
import hmac
import time
from pathlib import Path

from infra.local.client import download
from lipwire import dialects
from tests.support.clients import mouth_of
from tests.support.visits import refusals


def test_every_dialect_has_a_client_here_and_all_are_there_at_once(visits):
    """On one origin in one run: when the last one came, none had left."""
    assert {name for name in dialects.names() if name not in visits} == set()
    came = max(visit.began for visit in visits.values())
    left = min(visit.ended for visit in visits.values())
    assert came < left


def test_a_native_job_among_them(visits):
    """Made, told, paid for what was rendered."""
    visit = visits["native"]
    job = visit.told["job"]
    assert job["status"] == "succeeded", job
    (hook,) = visit.hooks
    assert hook.verified
    assert (hook.payload["type"], hook.payload["data"]["id"]) == ("job.succeeded", job["id"])
    assert visit.balance == 1_000_000 - job["credits"]["charged_millicredits"]


def test_magic_hours_python_sdk_makes_videos(visits):
    """Local files, URLs, a talking photo; download, delete, account, credits to the frame, every error of the vendor's."""
    visit = visits["magic_hour"]
    told = visit.told
    shown = [told["made"], told["fetched"], told["photo"]]
    assert [one["status"] for one in shown] == ["complete"] * 3
    assert [one["type"] for one in shown] == ["LIP_SYNC", "LIP_SYNC", "TALKING_PHOTO"]
    made = told["made"]
    assert (made["name"], made["width"], made["height"], made["fps"]) == (
        "My Lip Sync video",
        512,
        512,
        12.0,
    )
    # A second at 30 frames, twice as much for pro; then what was rendered: 12, 25 and 15 frames.
    assert told["created"]["credits_charged"] == told["created"]["estimated_frame_cost"] == 60
    assert [one["credits_charged"] for one in shown] == [12, 50, 15]
    assert told["before"]["credits"] == 25_000
    assert told["after"]["credits"] == 25_000 - 12 - 50 - 15
    assert told["assets"]["video_file_path"].startswith("api-assets/")
    assert refusals(visit, "errors", "code") == {
        "a stranger's key": [401, "unauthorized"],
        "too dear": [402, "insufficient_credits"],
        "deleted": [404, "not_found"],
        "out of order": [422, "unprocessable_entity"],
        "never uploaded": [422, "unprocessable_entity"],
    }
    frames, moved = mouth_of(Path(told["file"]))
    assert frames == 12
    assert moved > 0.02


def test_magic_hours_webhooks_are_signed_by_its_own_scheme(visits):
    """Hex HMAC-SHA256 over timestamp, full stop and body; ours on top; the start and the end of each project."""
    visit = visits["magic_hour"]
    made = visit.told["made"]["id"]
    ends = [one.payload["type"] for one in visit.hooks if one.payload["payload"]["id"] == made]
    assert sorted(ends) == ["video.completed", "video.started"]
    for hook in visit.hooks:
        timestamp = hook.headers["magic-hour-event-timestamp"]
        signed = hmac.new(
            visit.secret.encode(), f"{timestamp}.".encode() + hook.body, hashlib.sha256
        )
        assert hook.verified
        assert abs(time.time() - int(timestamp)) < 600
        assert hook.headers["magic-hour-event-signature"] == signed.hexdigest()


def test_magic_hours_node_sdk_makes_a_video(visits):
    """Upload, create, poll, download, delete and the errors, as npm's package does them."""
    visit = visits["magic_hour_node"]
    made = visit.told["made"]
    assert (made["status"], made["type"], made["creditsCharged"]) == ("complete", "LIP_SYNC", 12)
    downloads = visit.told["shown"]["downloads"]
    assert downloads[0]["url"].partition("?")[0].endswith("/output.mp4")
    assert refusals(visit, "errors", "code") == {
        "deleted": [404, "not_found"],
        "a stranger's key": [401, "unauthorized"],
        "never uploaded": [422, "unprocessable_entity"],
    }
    frames, moved = mouth_of(Path(made["downloadedPaths"][0]))
    assert frames == 12
    assert moved > 0.01


def test_lipsync_devs_sample_makes_a_video(visits):
    """Generate, poll, download; a webhook in the vendor's words with our signature; five credits for a started minute; a text."""
    visit = visits["lipsync_dev"]
    submitted, ended = visit.told["submitted"], visit.told["status"]["data"]
    assert submitted["success"] is True
    assert submitted["data"] == {
        "jobId": ended["jobId"],
        "status": "queued",
        "inputType": "video",
        "estimatedCredits": 5,
        "estimatedTime": 120,
    }
    assert ended["status"] == "completed", ended
    assert set(visit.told["seen"]) <= {"queued", "processing", "completed"}
    (hook,) = visit.hooks
    assert hook.verified
    assert (hook.payload["jobId"], hook.payload["status"], hook.payload["creditsUsed"]) == (
        ended["jobId"],
        "completed",
        5,
    )
    assert hook.payload["result"]["outputUrl"].partition("?")[0].endswith(".mp4")
    assert 0.8 < hook.payload["result"]["duration"] < 2
    assert visit.told["speech"]["data"]["status"] == "completed", visit.told["speech"]
    seconds = visit.told["speech"]["data"]["duration"]
    size, kind = visit.told["sound"]
    assert kind == "RIFF"
    assert abs(seconds - (size - 44) / 44_100) < 0.002
    # Fifteen characters cost two milli-credits.
    assert visit.balance == 1_000_000 - 5 * 12_000 - 2
    assert refusals(visit, "refused", "success") == {
        "both": [400, False],
        "unknown": [404, False],
        "bad key": [401, False],
    }
    assert mouth_of(visit.folder / "made.mp4")[1] > 0.02


def test_lipsync_devs_own_page_has_a_sample_that_ends_with_a_video(visits, tmp_path):
    """Base URL, key, media's and webhook's URLs filled in; no other word is changed."""
    visit = visits["lipsync_dev_sample"]
    submitted, ready = visit.told["printed"].splitlines()
    (hook,) = visit.hooks
    assert hook.verified
    assert submitted == f"Job submitted: {hook.payload['jobId']}"
    made = tmp_path / "made.mp4"
    download(ready.removeprefix("Video ready: "), made)
    assert mouth_of(made)[1] > 0.02


def test_lipsync_studios_own_page_has_a_sample_that_is_told_of_its_video(visits, tmp_path):
    """Express receives what we post, and prints it."""
    printed = visits["lipsync_studio_sample"].told["printed"].splitlines()
    told = dict(line.split(": ", 1) for line in printed if ": " in line)
    assert told["Job ID"] == told["Job submitted"]
    assert (told["Model"], told["Status"]) == ("lipsync-image", "completed")
    made = tmp_path / "made.mp4"
    download(told["Video URL"], made)
    assert mouth_of(made)[1] > 0.02


def test_lipsync_studios_sample_makes_an_image_speak(visits):
    """Submit, poll, download; a webhook in the vendor's words with our signature; five seconds at least."""
    visit = visits["lipsync_studio"]
    submitted, ended = visit.told["submitted"], visit.told["status"]
    assert submitted["status"] == "processing"
    assert submitted["requestId"] == submitted["id"] == ended["id"]
    assert (ended["status"], ended["model"], ended["error"]) == ("completed", "lipsync-image", "")
    assert ended["executionTime"] > 0
    (hook,) = visit.hooks
    assert hook.verified
    same = ("id", "model", "status", "error", "executionTime", "timings")
    assert [hook.payload[name] for name in same] == [ended[name] for name in same]
    assert visit.balance == 1_000_000 - 10 * 250
    refused = {name: [code, list(body)] for name, (code, body) in visit.told["refused"].items()}
    assert refused == {
        "another size": [400, ["error"]],
        "unknown": [404, ["error"]],
        "bad key": [401, ["error"]],
    }
    assert mouth_of(visit.folder / "made.mp4")[1] > 0.02


def test_a_runner_of_joggais_makes_a_video(visits):
    """Look-up, uploads, create, look-up again; a webhook in the vendor's words and signature, credits in hundredths."""
    visit = visits["joggai"]
    task, endpoint = visit.told["task"], visit.told["endpoint"]
    assert visit.told["before"] == [200, 10104]
    assert visit.told["made"] == {"task_id": task["task_id"], "status": "pending"}
    assert task["status"] == "success", task
    assert set(visit.told["seen"]) <= {"pending", "processing", "success"}
    assert visit.told["found"]["task_id"] == task["task_id"]
    assert task["completed_at"] >= task["created_at"]
    assert [one["endpoint_id"] for one in visit.told["listed"]] == [endpoint["endpoint_id"]]
    assert visit.told["refused"] == {
        "unknown": [200, 10104],
        "no voice": [200, 40000],
        "bad key": [200, 10105],
    }
    (hook,) = visit.hooks
    signed = hmac.new(endpoint["secret"].encode(), hook.body, hashlib.sha256)
    assert hook.headers["x-webhook-signature"] == signed.hexdigest()
    assert hook.headers["x-webhook-event"] == "generated_lip_sync_video_success"
    frames, moved = mouth_of(visit.folder / "made.mp4")
    assert frames == round(task["data"]["duration_seconds"] * 25)
    assert moved > 0.02
    hundredths = -(-round(task["data"]["duration_seconds"] * 1000) // 1250)
    assert visit.balance == 1_000_000 - hundredths * 1250
