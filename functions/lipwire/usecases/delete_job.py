"""A job leaves, with all that was made of it and for it."""

from lipwire.domain.commands import Caller, DeleteJob
from lipwire.domain.errors import JobNotFoundError, JobRunningError
from lipwire.domain.views import Deleted
from lipwire.ports import Clock, JobStore
from lipwire.ports.batches import BatchStore
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.close_batch import close_batch
from lipwire.usecases.erase_job import erase_job


def delete_job(
    command: DeleteJob,
    caller: Caller,
    *,
    jobs: JobStore,
    batches: BatchStore,
    stores: ErasableStores,
    clock: Clock,
) -> Deleted:
    """Output, plan, report and row are gone, and so are source and voices that no other job names (`erase_job`).

    A batch whose last job this was to end is told of first: the news of its end may come after the job is gone.

    Raises:
        JobNotFoundError: unknown, deleted, or another account's.
        JobRunningError: it has not ended.
    """
    job = jobs.get(command.job_id)
    if job is None or job.account_id != caller.account.id:
        raise JobNotFoundError
    if not job.is_final:
        raise JobRunningError
    if job.batch_id is not None:
        close_batch(job.id, jobs=jobs, batches=batches, clock=clock)
    erase_job(job, stores=stores, at=clock.now())
    return Deleted()
