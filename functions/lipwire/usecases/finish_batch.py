"""No job of a large batch is to be made any more."""

from lipwire.domain.batches import Batch
from lipwire.ports import Clock
from lipwire.ports.batches import BatchLines, BatchStore
from lipwire.usecases.complete_batch import complete_batch


def finish_batch(batch: Batch, *, batches: BatchStore, lines: BatchLines, clock: Clock) -> None:
    """All that is kept of the batch is its row; it is told where all have ended. Harmless to repeat."""
    complete_batch(batch, batches=batches, clock=clock)
    lines.delete(batch)
    batches.close(batch.account_id, batch.id)
