"""How far a job is, told to its row; and the end of work that nobody waits for any more."""

import time
from typing import Final

from lipwire.domain.ids import JobId
from lipwire.ports import Clock, JobStore

#: Where each stage starts and ends, in percent of the job.
_SHARES: Final = {
    "fetching": (0, 3),
    "listening": (3, 5),
    "analyzing": (5, 25),
    "planning": (25, 30),
    "rendering": (30, 96),
    "joining": (94, 96),
    "uploading": (96, 99),
}
_REPORT_EVERY_S: Final = 1.0


class StoppedError(Exception):
    """The job is not rendering any more: somebody canceled it, or another attempt ended it."""


class JobProgress:
    """Writes how far a job is, at most once a second; stops the work of a job that ended."""

    def __init__(
        self, job_id: JobId, jobs: JobStore, clock: Clock, shard: int | None = None
    ) -> None:
        self._job_id = job_id
        self._shard = shard
        self._jobs = jobs
        self._clock = clock
        self._stage = ""
        self._next = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Told by the engine at every frame."""
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + _REPORT_EVERY_S
        first, last = _SHARES.get(stage, (0, 0))
        percent = first + (last - first) * done // max(total, 1)
        if not self._report(stage, percent):
            raise StoppedError("the job has ended")

    def _report(self, stage: str, percent: int) -> bool:
        at = self._clock.now()
        if self._shard is None:
            return self._jobs.report_progress(self._job_id, stage=stage, progress=percent, at=at)
        return self._jobs.report_shard_progress(
            self._job_id, shard=self._shard, stage=stage, progress=percent, at=at
        )
