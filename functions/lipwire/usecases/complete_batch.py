"""The end of a batch."""

from lipwire.domain.batches import Batch, BatchStatus, counts, status_of
from lipwire.ports import Clock
from lipwire.ports.batches import BatchStore


def complete_batch(batch: Batch, *, batches: BatchStore, clock: Clock) -> bool:
    """Whether this told that the batch has completed: nothing of it works, or is still to be made, and nobody had."""
    if batch.completed_at is not None:
        return False
    found = batches.jobs(batch)
    if status_of(batch, found) is not BatchStatus.COMPLETED:
        return False
    return batches.complete(batch, counts(batch, found), at=clock.now())
