"""No job of a large batch is to be made any more."""

from collections.abc import Sequence

from lipwire.domain.batches import Batch, BatchLine
from lipwire.ports.batches import BatchLines
from lipwire.ports.filling import FillingStores
from lipwire.usecases.complete_batch import complete_batch
from lipwire.usecases.erase_unmade import erase_unmade


def finish_batch(batch: Batch, *, stores: FillingStores, found: Sequence[BatchLine] = ()) -> None:
    """All that is kept of the batch is its row; it is told where all have ended. Harmless to repeat.

    Whoever has its lines gives them as `found`: another call may have ended it, and the file with it, while this one
    made assets for the next.
    """
    complete_batch(batch, batches=stores.batches, clock=stores.clock)
    if batch.stopped:
        lines = found or _kept(batch, stores.batch_lines)
        erase_unmade(batch, lines, stores=stores, at=stores.clock.now())
    stores.batch_lines.delete(batch)
    stores.batches.close(batch.account_id, batch.id)


def _kept(batch: Batch, lines: BatchLines) -> Sequence[BatchLine]:
    try:
        return lines.get(batch)
    except ValueError:
        return ()
