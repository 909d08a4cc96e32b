"""A batch is called off."""

from lipwire.domain.batches import Stop
from lipwire.domain.commands import Caller, CancelBatch, GetBatch
from lipwire.domain.jobs import JobStatus
from lipwire.domain.views import BatchView
from lipwire.ports import ResultUrls
from lipwire.ports.filling import FillingStores
from lipwire.usecases.finish_batch import finish_batch
from lipwire.usecases.get_batch import get_batch


def cancel_batch(
    command: CancelBatch,
    caller: Caller,
    *,
    stores: FillingStores,
    results: ResultUrls,
) -> BatchView:
    """Every job that had not ended is canceled and its hold released; those that had stay as they are.

    What was still to be made never is.

    Each is a transaction of its own, so a repeat goes on where one that died stopped.

    Raises:
        BatchNotFoundError: unknown, or another account's.
    """
    wanted = GetBatch(batch_id=command.batch_id)
    batches, clock = stores.batches, stores.clock
    before = get_batch(wanted, caller, batches=batches, results=results, clock=clock)
    if before.batch.waiting:
        batches.stop(before.batch, Stop.CANCELED)
        # Some may have been made in between.
        before = get_batch(wanted, caller, batches=batches, results=results, clock=clock)
    for view in before.jobs:
        if not view.job.is_final:
            stores.jobs.release(view.job, status=JobStatus.CANCELED, error=None)
    if before.batch.stopped:
        finish_batch(before.batch, stores=stores)
    return get_batch(wanted, caller, batches=batches, results=results, clock=clock)
