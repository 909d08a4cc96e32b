"""The records of Batch, kept in MiniStack's own tables so that they are saved with its state.

Every read and write of a job happens under `changed`, which also wakes whoever waits for a job's end.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.emulator.batch import job_events
from infra.local.emulator.patch import core, service

Record = dict[str, Any]

#: Notified at every change of a job's status.
changed = threading.Condition(threading.RLock())

ENDS = frozenset({"SUCCEEDED", "FAILED"})


def now_ms() -> int:
    """Milliseconds since the epoch, Batch's clock."""
    return int(time.time() * 1000)


def jobs() -> Any:
    """Job id -> record, of the account and region in scope."""
    return service("batch")._jobs


def queues() -> Any:
    """Queue name -> record."""
    return service("batch")._job_queues


def definitions() -> Any:
    """Definition name -> its revisions."""
    return service("batch")._job_definitions


def arn(kind: str, name: str) -> str:
    """The ARN of a Batch resource in scope."""
    responses = core("responses")
    return f"arn:aws:batch:{responses.get_region()}:{responses.get_account_id()}:{kind}/{name}"


def find_definition(reference: str) -> Record | None:
    """A definition by name (its newest active revision), `name:revision` or ARN."""
    name = reference.rpartition("job-definition/")[2]
    name, _, revision = name.partition(":")
    revisions: list[Record] = definitions().get(name, [])
    if revision:
        return next((one for one in revisions if str(one["revision"]) == revision), None)
    active = [one for one in revisions if one["status"] == "ACTIVE"]
    return active[-1] if active else None


def find_queue(reference: str) -> Record | None:
    """A queue by name or ARN."""
    found: Record | None = queues().get(reference.rpartition("job-queue/")[2])
    return found


def seen(job: Record) -> Record:
    """What DescribeJobs shows of a job."""
    return {key: value for key, value in job.items() if not key.startswith("_")}


@contextmanager
def scope_of(job: Record) -> Iterator[None]:
    """Puts the job's account and region in scope, on threads that serve no request."""
    _, _, _, region, account, _ = job["jobArn"].split(":", 5)
    with core("responses").request_scope(account, region):
        yield


def move(job: Record, status: str, reason: str | None = None) -> None:
    """Give the job a status, tell the event bus, and wake those who wait."""
    with changed:
        if job["status"] in ENDS:
            return
        job["status"] = status
        if reason is not None:
            job["statusReason"] = reason
        if status in ENDS:
            job["stoppedAt"] = now_ms()
        job_events.publish(seen(job))
        if "_parent" in job:
            _update_parent(job["_parent"])
        changed.notify_all()


def _update_parent(parent_id: str) -> None:
    parent = jobs().get(parent_id)
    if parent is None:
        return
    summary = dict.fromkeys(
        ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"), 0
    )
    size = parent["arrayProperties"]["size"]
    for index in range(size):
        summary[jobs()[f"{parent_id}:{index}"]["status"]] += 1
    parent["arrayProperties"]["statusSummary"] = summary
    parent["arrayProperties"]["statusSummaryLastUpdatedAt"] = now_ms()
    if summary["SUCCEEDED"] + summary["FAILED"] < size:
        return
    if summary["FAILED"]:
        move(parent, "FAILED", "Array Child Job failed")
    else:
        move(parent, "SUCCEEDED")


def wait_for_end(job_id: str, *, poll_s: float) -> Iterator[Record]:
    """The job, again and again until it has ended; the last one is its end."""
    job: Record = jobs()[job_id]
    while True:
        with changed:
            if job["status"] not in ENDS:
                changed.wait(poll_s)
            ended = job["status"] in ENDS
        yield job
        if ended:
            return
