"""One batch."""

from lipwire.domain.commands import Caller, GetBatch
from lipwire.domain.errors import BatchNotFoundError
from lipwire.domain.views import BatchView
from lipwire.ports import Clock, ResultUrls
from lipwire.ports.batches import BatchStore
from lipwire.usecases.view_job import view_job


def get_batch(
    command: GetBatch, caller: Caller, *, batches: BatchStore, results: ResultUrls, clock: Clock
) -> BatchView:
    """The batch with all its jobs as they stand now, results signed.

    Raises:
        BatchNotFoundError: unknown, or another account's.
    """
    batch = batches.get(command.batch_id)
    if batch is None or batch.account_id != caller.account.id:
        raise BatchNotFoundError
    jobs = batches.jobs(batch)
    return BatchView(
        batch=batch, jobs=tuple(view_job(job, results=results, clock=clock) for job in jobs)
    )
