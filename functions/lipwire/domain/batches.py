"""Batches: several jobs that are asked for, accepted and watched together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field, JsonValue

from lipwire.domain.assets import Asset
from lipwire.domain.ids import AccountId, AssetId, BatchId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.model import Model

#: A transaction has at most 100 items: four for each job (the job, its hold, its event, its start) and up to seven for
#: the batch (key, account, active jobs, balance, the batch, the kept answer, the consent).
TRANSACTION_ITEMS: Final = 100
ITEMS_PER_JOB: Final = 4
ITEMS_PER_BATCH: Final = 7
MAX_JOBS: Final = 20
#: A larger batch waits in a file, and its jobs are made as there is room for them.
MAX_LINES: Final = 500
#: So many may wait at once in an account.
MAX_OPEN: Final = 50


class BatchStatus(StrEnum):
    """A batch has completed once every job of it has ended, however."""

    PROCESSING = "processing"
    COMPLETED = "completed"


class BatchProgress(StrEnum):
    """How far a batch is, finer than its status."""

    #: None of its jobs renders yet.
    WAITING = "waiting"
    #: The same, and of a batch whose jobs were made by and by the last one has been made.
    MADE = "made"
    WORKING = "working"
    ENDED = "ended"


class Stop(StrEnum):
    """Why the jobs of a large batch that still wait will not be made."""

    CANCELED = "canceled"
    #: Credits that were there when it was accepted were spent by others.
    INSUFFICIENT_CREDITS = "insufficient_credits"
    ACCOUNT_CLOSED = "account_closed"
    #: It waited for longer than its file is kept.
    EXPIRED = "expired"
    #: Its file can't be read.
    UNREADABLE = "unreadable"


class BatchLine(Model):
    """A job of a large batch before it is made, with the assets that are made with it: they wait for their bytes."""

    job: Job
    assets: tuple[Asset, ...] = ()


class Batch(Model):
    """Which jobs belong together; how they stand is theirs to say."""

    id: BatchId
    account_id: AccountId
    name: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    job_ids: tuple[JobId, ...]
    created_at: datetime
    #: In which dialect it was asked for, and what that one wants to say again when it shows the batch.
    dialect: str = "native"
    echo: dict[str, JsonValue] = Field(default_factory=dict)
    #: Told in that dialect's words when all have ended.
    webhook_url: str | None = None
    #: Opens the results to whoever has it, for as long as the batch is kept.
    output_token: str | None = None
    #: What the jobs of a large batch name, which nothing else may name until they are made.
    asset_ids: tuple[AssetId, ...] = ()
    #: What the jobs of a large batch hold in all, in millicredits.
    price: int = 0
    #: How many of its jobs have been made, in their order; None, where all were made with it.
    made: int | None = None
    #: Why the rest will not be made.
    stopped: Stop | None = None
    #: When it was told that all have ended.
    completed_at: datetime | None = None
    #: How many stood where then; one that is deleted later changes nothing.
    totals: dict[str, int] | None = None

    @property
    def made_ids(self) -> tuple[JobId, ...]:
        """The jobs that there are, or were."""
        return self.job_ids[: self.made]

    @property
    def waiting(self) -> int:
        """How many jobs are still to be made."""
        return 0 if self.stopped else len(self.job_ids) - len(self.made_ids)

    @property
    def owed(self) -> int:
        """About what the jobs that are still to be made will hold, in millicredits: of all its jobs, their share."""
        return -(-self.price * self.waiting // len(self.job_ids)) if self.waiting else 0

    def began_as(self, created: "Batch") -> bool:
        """Whether this is that batch, as it was created or as it stands later."""
        later = {name: getattr(created, name) for name in _LATER}
        return self.model_copy(update=later) == created


_LATER: Final = ("made", "stopped", "completed_at", "totals")


def counts(batch: Batch, jobs: Iterable[Job]) -> Mapping[str, int]:
    """How many jobs stand where; one that was deleted counts as `deleted`, and one that waits to be made as `queued`.

    What is never made counts as `canceled` where that is why, else as `failed`.
    """
    if batch.totals is not None:
        return batch.totals
    found = Counter(job.status.value for job in jobs)
    found["deleted"] = len(batch.made_ids) - sum(found.values())
    found[JobStatus.QUEUED.value] += batch.waiting
    end = JobStatus.CANCELED if batch.stopped is Stop.CANCELED else JobStatus.FAILED
    found[end.value] += len(batch.job_ids) - len(batch.made_ids) - batch.waiting
    return {status: count for status, count in found.items() if count}


def status_of(batch: Batch, jobs: Iterable[Job]) -> BatchStatus:
    """Whether any job still works, or is still to be made."""
    works = batch.waiting or any(not job.is_final for job in jobs)
    return BatchStatus.PROCESSING if works else BatchStatus.COMPLETED


def progress_of(batch: Batch, jobs: Iterable[Job]) -> BatchProgress:
    """How far its jobs are; one that was deleted has ended."""
    if batch.totals is not None:
        return BatchProgress.ENDED
    found = [job for job in jobs if not job.is_final]
    if not found and not batch.waiting:
        return BatchProgress.ENDED
    waits = all(job.status in {JobStatus.QUEUED, JobStatus.VALIDATING} for job in found)
    if not waits or len(found) < len(batch.made_ids) or batch.stopped:
        return BatchProgress.WORKING
    by_and_by = batch.made is not None and not batch.waiting
    return BatchProgress.MADE if by_and_by else BatchProgress.WAITING
