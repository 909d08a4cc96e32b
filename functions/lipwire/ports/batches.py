"""What batches ask of the world."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lipwire.domain.batches import Batch
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, BatchId
from lipwire.domain.jobs import Job
from lipwire.domain.views import Page


class BatchStore(Protocol):
    """Batches, and their jobs as far as they are asked for together."""

    def create(
        self,
        batch: Batch,
        jobs: Sequence[Job],
        *,
        key_id: str,
        most_active: int,
        also: Also | None = None,
    ) -> None:
        """The batch and all its jobs, each with its hold and its start, in one transaction: all or none.

        Raises:
            UnauthenticatedError, InsufficientCreditsError, TooManyActiveJobsError: nothing was written.
        """

    def get(self, batch_id: BatchId) -> Batch | None: ...

    def jobs(self, batch: Batch) -> tuple[Job, ...]:
        """Those that have not been deleted, in the batch's order."""

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Batch]:
        """Newest first."""

    def complete(self, batch: Batch, counts: Mapping[str, int], *, at: datetime) -> bool:
        """Once, with `BatchCompleted` in the same transaction; False when it had been told."""
