"""An operator kills, cancels, repeats: every job still ends exactly once, and is paid exactly once."""

import os
import signal
import time

import pytest

from infra.local.client import Client
from tests.e2e.test_journey import credits_of, eventually
from tests.support.deadlines import SLACK_S

DONE_S = 240


@pytest.fixture
def client(platform) -> Client:
    """A fresh account with 1,000 credits."""
    return platform.new_client(credits=1000)


def rendering_job(client: Client, portrait, long_voice) -> dict:
    """A job whose render has begun."""
    made = client.create_job(
        client.upload(portrait, "image/png"), client.upload(long_voice, "audio/wav")
    )
    return eventually(
        lambda: client.call("GET", f"/jobs/{made['id']}"),
        lambda job: (
            job["stage"] == "rendering"
            or job["status"] not in {"queued", "validating", "rendering"}
        ),
        timeout_s=90,
    )


def test_a_killed_render_is_tried_again(platform, client, portrait, long_voice):
    """SIGKILL midway: Batch retries, the job ends once, one settle, one `JobSucceeded`."""
    job = rendering_job(client, portrait, long_voice)
    assert job["status"] == "rendering"
    os.kill(platform.batch_pid(f"render-{job['id']}"), signal.SIGKILL)
    done = client.finish(job["id"], timeout_s=DONE_S)
    assert done["status"] == "succeeded", done["error"]
    attempts = platform.batch_job(f"render-{job['id']}")["attempts"]
    assert [attempt["container"]["exitCode"] for attempt in attempts] == [137, 0]
    entries = platform.ledger_entries(client, job["id"])
    # A provisional hold may have been topped up; it ends once.
    assert [e["kind"] for e in entries if e["kind"] != "HOLD"] == ["SETTLE"]
    assert platform.count_events("JobSucceeded", job["id"]) == 1
    assert credits_of(client)["held_millicredits"] == 0


def test_a_cancel_stops_the_render(platform, client, portrait, long_voice):
    """The process is gone within 5 s, the job canceled, the whole hold released."""
    job = rendering_job(client, portrait, long_voice)
    pid = platform.batch_pid(f"render-{job['id']}")
    began = time.monotonic()
    canceled = client.call("POST", f"/jobs/{job['id']}/cancel")
    assert canceled["status"] == "canceled"
    eventually(lambda: is_alive(pid), lambda alive: not alive, timeout_s=30)
    assert time.monotonic() - began < 5 + SLACK_S
    assert platform.batch_job(f"render-{job['id']}")["status"] == "FAILED"
    assert credits_of(client)["available_millicredits"] == 1_000_000
    again = client.call("POST", f"/jobs/{job['id']}/cancel")
    assert again["status"] == "canceled"
    time.sleep(2)
    assert client.call("GET", f"/jobs/{job['id']}")["status"] == "canceled"
    assert platform.count_events("JobCanceled", job["id"]) == 1
    client.call("DELETE", f"/jobs/{job['id']}")


def test_an_execution_that_is_lost_does_not_lose_its_job(platform, client, portrait, long_voice):
    """Stopped behind the API's back: the job fails, its hold is released, its process is gone."""
    job = rendering_job(client, portrait, long_voice)
    pid = platform.batch_pid(f"render-{job['id']}")
    platform.stop_execution("job", job["id"])
    done = client.finish(job["id"], timeout_s=60)
    assert (done["status"], done["error"]["code"]) == ("failed", "render_failed")
    assert credits_of(client)["available_millicredits"] == 1_000_000
    eventually(lambda: is_alive(pid), lambda alive: not alive, timeout_s=30)
    assert platform.batch_job(f"render-{job['id']}")["status"] == "FAILED"
    assert platform.count_events("JobFailed", job["id"]) == 1


def test_ten_jobs_at_once_all_end(platform, client, portrait, voice):
    """None lost, none doubled, the ledger exact."""
    source, speech = client.upload(portrait, "image/png"), client.upload(voice, "audio/wav")
    jobs = [client.create_job(source, speech)["id"] for _ in range(10)]
    done = [client.finish(job, timeout_s=DONE_S) for job in jobs]
    assert {job["status"] for job in done} == {"succeeded"}
    assert len(set(jobs)) == 10
    charged = sum(job["credits"]["charged_millicredits"] for job in done)
    balance = credits_of(client)
    assert balance["balance_millicredits"] == 1_000_000 - charged
    assert balance["held_millicredits"] == 0
    for job in jobs:
        assert platform.count_events("JobSucceeded", job) == 1
    assert len(client.call("GET", "/jobs?limit=100&status=succeeded")["items"]) == 10


@pytest.mark.fault(25)
def test_a_repeated_upload_event_starts_one_analysis(platform, client, portrait):
    """The same event five times: one `AssetUploaded`, one execution."""
    asset = client.upload(portrait, "image/png")
    for _ in range(5):
        platform.repeat_upload_event(client, asset)
    eventually(
        lambda: client.call("GET", f"/assets/{asset}"),
        lambda found: found["analysis"]["status"] == "done",
    )
    time.sleep(2)
    assert platform.count_events("AssetUploaded", asset) == 1
    assert platform.count_executions("analysis", asset) == 1
    assert platform.count_batch_jobs(f"analyze-{asset}") == 1


def test_a_repeated_outbox_record_starts_one_execution(platform, client, portrait, voice):
    """The same record twice: the second start finds the first."""
    job = client.create_job(client.upload(portrait, "image/png"), client.upload(voice, "audio/wav"))
    platform.repeat_outbox_record("start_job", {"job_id": job["id"]})
    platform.repeat_outbox_record("start_job", {"job_id": job["id"]})
    assert client.finish(job["id"], timeout_s=DONE_S)["status"] == "succeeded"
    assert platform.count_executions("job", job["id"]) == 1
    assert platform.count_batch_jobs(f"render-{job['id']}") == 1


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and is not waited for yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split()[2] != "Z"
