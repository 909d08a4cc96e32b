"""Jobs survive a restart: those that ran lost their host, those that waited wait again."""

import copy
from collections.abc import Callable
from typing import Any

from infra.local.emulator.batch import runner, store
from infra.local.emulator.batch.retry import AttemptEnd
from infra.local.emulator.batch.store import Record
from infra.local.emulator.patch import Patch


def _take_up(original: Callable[[Any], None]) -> Any:
    def load_persisted_state(data: Any) -> None:
        original(data)
        waiting = [job for job in store.jobs().all_values() if job["status"] not in store.ENDS]
        for job in sorted(waiting, key=lambda job: job["createdAt"]):
            with store.scope_of(job):
                _continue(job)

    return load_persisted_state


def _continue(job: Record) -> None:
    if "size" in (job.get("arrayProperties") or {}):
        return  # its children decide
    if "_terminated" in job:
        store.move(job, "FAILED", job["_terminated"])
        return
    if job["status"] in {"STARTING", "RUNNING"}:
        end = AttemptEnd(exit_code=None, reason="", status_reason=runner.HOST_GONE)
        again = runner.end_attempt(
            job,
            end=end,
            task="",
            stream=job["container"].get("logStreamName", ""),
            started_at=job["startedAt"] if "startedAt" in job else job["createdAt"],
        )
        if not again:
            store.move(job, "FAILED", runner.HOST_GONE)
            return
    runner.enqueue(job)


def _save_whole(original: Callable[[], dict[str, Any]]) -> Any:
    def get_state() -> dict[str, Any]:
        # Runners write under this lock: without it a copy may meet a change halfway.
        with store.changed:
            return copy.deepcopy(original())

    return get_state


PATCHES = (
    Patch(
        target="ministack.services.batch:load_persisted_state",
        because="jobs that were under way would stay so for ever",
        parameters=("data",),
        replace=_take_up,
    ),
    Patch(
        target="ministack.services.batch:get_state",
        because="the state is copied while jobs change it",
        parameters=(),
        replace=_save_whole,
    ),
)
