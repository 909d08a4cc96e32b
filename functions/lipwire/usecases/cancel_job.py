"""A job is called off."""

from lipwire.domain.commands import Caller, CancelJob
from lipwire.domain.errors import JobFinishedError, JobNotFoundError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.views import JobView
from lipwire.ports import JobStore


def cancel_job(command: CancelJob, caller: Caller, *, jobs: JobStore) -> JobView:
    """The job is canceled, its hold released and its workflow told to stop: one transaction.

    Canceling a canceled job answers the same again.

    Raises:
        JobNotFoundError: unknown, deleted, or another account's.
        JobFinishedError: it had succeeded or failed first.
    """
    job = jobs.get(command.job_id)
    if job is None or job.account_id != caller.account.id:
        raise JobNotFoundError
    released = not job.is_final and jobs.release(job, status=JobStatus.CANCELED, error=None)
    current = jobs.get(job.id) or job
    if not released and current.status is not JobStatus.CANCELED:
        raise JobFinishedError(status=current.status)
    return JobView(job=current)
