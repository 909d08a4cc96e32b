"""A job leaves, with its output."""

from lipwire.domain.commands import Caller, DeleteJob
from lipwire.domain.errors import JobNotFoundError, JobRunningError
from lipwire.domain.jobs import outputs_prefix
from lipwire.domain.shards import parts_prefix
from lipwire.domain.views import Deleted
from lipwire.ports import JobStore, ObjectStore


def delete_job(
    command: DeleteJob, caller: Caller, *, jobs: JobStore, outputs: ObjectStore, work: ObjectStore
) -> Deleted:
    """The output, parts of one that was never finished, and the row are gone; the ledger keeps its entries.

    Raises:
        JobNotFoundError: unknown, deleted, or another account's.
        JobRunningError: it has not ended.
    """
    job = jobs.get(command.job_id)
    if job is None or job.account_id != caller.account.id:
        raise JobNotFoundError
    if not job.is_final:
        raise JobRunningError
    outputs.delete_prefix(outputs_prefix(job.account_id, job.id))
    if job.shards > 1:
        work.delete_prefix(parts_prefix(job.id))
    jobs.delete(job)
    return Deleted()
