"""Batches: several jobs that are asked for, accepted and watched together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, JsonValue

from lipwire.domain.ids import AccountId, BatchId, JobId
from lipwire.domain.jobs import Job, JobStatus

#: A transaction has at most 100 items: four for each job (the job, its hold, its event, its start) and up to seven for
#: the batch (key, account, active jobs, balance, the batch, the kept answer, the consent).
TRANSACTION_ITEMS: Final = 100
ITEMS_PER_JOB: Final = 4
ITEMS_PER_BATCH: Final = 7
MAX_JOBS: Final = 20


class BatchStatus(StrEnum):
    """A batch has completed once every job of it has ended, however."""

    PROCESSING = "processing"
    COMPLETED = "completed"


class BatchProgress(StrEnum):
    """How far a batch is, finer than its status."""

    #: None of its jobs renders yet.
    WAITING = "waiting"
    WORKING = "working"
    ENDED = "ended"


class Batch(BaseModel):
    """Which jobs belong together; how they stand is theirs to say."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: BatchId
    account_id: AccountId
    name: str | None = None
    metadata: dict[str, str] = {}
    job_ids: tuple[JobId, ...]
    created_at: datetime
    #: In which dialect it was asked for, and what that one wants to say again when it shows the batch.
    dialect: str = "native"
    echo: dict[str, JsonValue] = {}
    #: Told in that dialect's words when all have ended.
    webhook_url: str | None = None
    #: Opens the results to whoever has it, for as long as the batch is kept.
    output_token: str | None = None
    #: When it was told that all have ended.
    completed_at: datetime | None = None

    def began_as(self, created: "Batch") -> bool:
        """Whether this is that batch, as it was created or as it stands later."""
        return self.model_copy(update={"completed_at": created.completed_at}) == created


def counts(batch: Batch, jobs: Iterable[Job]) -> Mapping[str, int]:
    """How many jobs stand where; one that was deleted counts as `deleted`."""
    found = Counter(job.status.value for job in jobs)
    found["deleted"] = len(batch.job_ids) - sum(found.values())
    return {status: count for status, count in found.items() if count}


def status_of(jobs: Iterable[Job]) -> BatchStatus:
    """Whether any job still works."""
    works = any(not job.is_final for job in jobs)
    return BatchStatus.PROCESSING if works else BatchStatus.COMPLETED


def progress_of(batch: Batch, jobs: Iterable[Job]) -> BatchProgress:
    """How far its jobs are; one that was deleted has ended."""
    found = [job for job in jobs if not job.is_final]
    if not found:
        return BatchProgress.ENDED
    waits = all(job.status in {JobStatus.QUEUED, JobStatus.VALIDATING} for job in found)
    is_whole = len(found) == len(batch.job_ids)
    return BatchProgress.WAITING if waits and is_whole else BatchProgress.WORKING
