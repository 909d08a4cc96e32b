"""A job leaves, with all that was made of it and for it."""

from lipwire.domain.commands import Caller, DeleteJob
from lipwire.domain.errors import JobNotFoundError, JobRunningError
from lipwire.domain.views import Deleted
from lipwire.ports import Clock, JobStore
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.erase_job import erase_job


def delete_job(
    command: DeleteJob, caller: Caller, *, jobs: JobStore, stores: ErasableStores, clock: Clock
) -> Deleted:
    """Output, plan, report and row are gone, and so are source and voices that no other job names (`erase_job`).

    Raises:
        JobNotFoundError: unknown, deleted, or another account's.
        JobRunningError: it has not ended.
    """
    job = jobs.get(command.job_id)
    if job is None or job.account_id != caller.account.id:
        raise JobNotFoundError
    if not job.is_final:
        raise JobRunningError
    erase_job(job, stores=stores, at=clock.now())
    return Deleted()
