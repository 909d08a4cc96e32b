"""Runs what is RUNNABLE: first come, first served, as many at once as there are slots."""

import threading
from collections import deque
from functools import cache

from infra.local.emulator.batch import store
from infra.local.emulator.batch.attempt import Attempt
from infra.local.emulator.batch.retry import AttemptEnd, tries_again
from infra.local.emulator.batch.settings import settings
from infra.local.emulator.batch.store import Record

HOST_GONE = "Host EC2 (instance i-0000000000000local) terminated."

_waiting: deque[Record] = deque()
_running: dict[str, Attempt] = {}
_leaving = threading.Event()


def enqueue(job: Record) -> None:
    """Make the job RUNNABLE; it starts when a slot is free."""
    with store.changed:
        store.move(job, "RUNNABLE")
        _waiting.append(job)
        store.changed.notify_all()
    _scheduler()


def terminate(job: Record, reason: str) -> None:
    """End the job: at once when it waits, by signals when it runs. Children go with their parent."""
    with store.changed:
        children = _children(job)
        if job["status"] in store.ENDS:
            return
        job["_terminated"] = reason
        for child in children:
            terminate(child, reason)
        if children:
            return
        attempt = _running.get(job["jobId"])
        if attempt is not None:
            attempt.stop()
            return
        if job in _waiting:
            _waiting.remove(job)
        store.move(job, "FAILED", reason)


def cancel(job: Record, reason: str) -> None:
    """End the job if it hasn't started yet."""
    with store.changed:
        for child in _children(job):
            cancel(child, reason)
        if job["status"] in {"SUBMITTED", "PENDING", "RUNNABLE"} and not _children(job):
            terminate(job, reason)


def stop_all() -> None:
    """The emulator leaves: no attempt outlives it."""
    _leaving.set()
    with store.changed:
        attempts = list(_running.values())
        for attempt in attempts:
            attempt.stop()
        store.changed.wait_for(lambda: not _running, timeout=settings().grace_s + 1)


def end_attempt(job: Record, *, end: AttemptEnd, task: str, stream: str, started_at: int) -> bool:
    """Write the attempt into the job; returns whether another follows."""
    container: Record = {"taskArn": task, "logStreamName": stream, "networkInterfaces": []}
    if end.exit_code is not None:
        container["exitCode"] = end.exit_code
    if end.reason:
        container["reason"] = end.reason
    job["attempts"].append(
        {
            "container": container,
            "startedAt": started_at,
            "stoppedAt": store.now_ms(),
            "statusReason": end.status_reason,
        }
    )
    for key in ("exitCode", "reason"):
        job["container"].pop(key, None)
    job["container"] |= container
    return tries_again(job.get("retryStrategy") or {}, len(job["attempts"]), end)


def _children(job: Record) -> list[Record]:
    size = (job.get("arrayProperties") or {}).get("size")
    if not size:
        return []
    return [store.jobs()[f"{job['jobId']}:{index}"] for index in range(size)]


@cache
def _scheduler() -> threading.Thread:
    thread = threading.Thread(target=_schedule, name="batch-scheduler", daemon=True)
    thread.start()
    return thread


def _schedule() -> None:
    while True:
        with store.changed:
            store.changed.wait_for(
                lambda: _waiting and len(_running) < settings().slots and not _leaving.is_set()
            )
            job = _waiting.popleft()
            with store.scope_of(job):
                attempt = Attempt(job, len(job["attempts"]) + 1, settings())
                _running[job["jobId"]] = attempt
                job["container"]["logStreamName"] = attempt.stream
                store.move(job, "STARTING")
        threading.Thread(
            target=_run, args=(job, attempt), name=f"batch-{job['jobId']}", daemon=True
        ).start()


def _run(job: Record, attempt: Attempt) -> None:
    with store.scope_of(job):
        started_at = store.now_ms()
        job["startedAt"] = started_at
        store.move(job, "RUNNING")
        end = attempt.run()
        if _leaving.is_set():
            # The saved state says RUNNING: the next start sees that the host went away.
            with store.changed:
                _running.pop(job["jobId"])
                store.changed.notify_all()
            return
        with store.changed:
            _running.pop(job["jobId"])
            again = end_attempt(
                job,
                end=end,
                task=attempt.task,
                stream=attempt.stream,
                started_at=started_at,
            )
            if end.exit_code == 0 and not attempt.timed_out:
                store.move(job, "SUCCEEDED", end.status_reason)
            elif "_terminated" in job:
                store.move(job, "FAILED", job["_terminated"])
            elif again and not attempt.timed_out:
                enqueue(job)
            else:
                store.move(job, "FAILED", end.status_reason)
            store.changed.notify_all()
