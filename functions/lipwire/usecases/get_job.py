"""One job, now or when it has ended."""

from datetime import timedelta
from typing import Final

from lipwire.domain.commands import Caller, GetJob
from lipwire.domain.errors import JobNotFoundError
from lipwire.domain.jobs import Job
from lipwire.domain.views import JobView
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job

#: API Gateway ends a request after 30 s (D18).
MAX_WAIT_S: Final = 20
_POLL_S: Final = 0.5


def get_job(
    command: GetJob, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> JobView:
    """The job with freshly signed result URLs; waits up to `wait_s` for it to end.

    Raises:
        JobNotFoundError: unknown, deleted, or another account's.
    """
    deadline = clock.now() + timedelta(seconds=min(command.wait_s, MAX_WAIT_S))
    job = _own(command, caller, jobs)
    while not job.is_final and clock.now() < deadline:
        clock.sleep(_POLL_S)
        job = _own(command, caller, jobs)
    return view_job(job, results=results, clock=clock)


def _own(command: GetJob, caller: Caller, jobs: JobStore) -> Job:
    job = jobs.get(command.job_id)
    if job is None or job.account_id != caller.account.id:
        raise JobNotFoundError
    return job
