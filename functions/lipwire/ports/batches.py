"""What batches ask of the world."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lipwire.domain.batches import Batch, BatchLine, Stop
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, BatchId
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

    def accept(self, batch: Batch, *, key_id: str, also: Also | None = None) -> None:
        """A batch none of whose jobs is made yet, open in its account, with `BatchAccepted`: one transaction.

        Raises:
            UnauthenticatedError, TooManyOpenBatchesError: nothing was written.
        """

    def add(self, batch: Batch, jobs: Sequence[Job], *, most_active: int, at: datetime) -> None:
        """These jobs are the next that are made of the batch, each with its hold and its start: all or none, and once.

        Raises:
            ConcurrentChangeError: others have been made since, or the rest was stopped.
            AccountNotFoundError: the account was closed.
            InsufficientCreditsError, TooManyActiveJobsError: nothing was written.
        """

    def stop(self, batch: Batch, reason: Stop) -> bool:
        """The jobs that still wait will not be made; False where none waits any more."""

    def close(self, account_id: AccountId, batch_id: BatchId) -> None:
        """It is not open any more: nothing of it waits. Harmless to repeat."""

    def open(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """Batches some of whose jobs may still have to be made, the oldest first."""

    def untold(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """Batches, large and small, that were not told to have completed, the oldest first."""

    def forget(self, account_id: AccountId, batch_id: BatchId) -> None:
        """It is gone: neither open nor to be told. Harmless to repeat."""

    def awaits(self, account_id: AccountId, asset_id: AssetId) -> bool:
        """Whether a job that is still to be made may name the asset."""

    def get(self, batch_id: BatchId) -> Batch | None: ...

    def jobs(self, batch: Batch) -> tuple[Job, ...]:
        """Those that have been made and not been deleted, in the batch's order."""

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Batch]:
        """Newest first."""

    def complete(self, batch: Batch, counts: Mapping[str, int], *, at: datetime) -> bool:
        """Once, with `BatchCompleted` in the same transaction; False when it had been told."""


class BatchLines(Protocol):
    """What a large batch is made of, kept until its jobs have been made."""

    def put(self, batch: Batch, lines: Sequence[BatchLine]) -> None: ...

    def get(self, batch: Batch) -> tuple[BatchLine, ...]:
        """All of them, in their order; none where they are not kept any more.

        Raises:
            ValueError: they can't be read, however often one asks.
        """

    def delete(self, batch: Batch) -> None: ...
