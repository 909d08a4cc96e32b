"""One job, now or when it has ended."""

from datetime import timedelta
from typing import Final

from lipwire.domain.commands import Caller, GetJob
from lipwire.domain.errors import JobNotFoundError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import Job
from lipwire.domain.numbers import OwnNumber, id_of
from lipwire.domain.views import JobView
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.get_asset import own_asset_id
from lipwire.usecases.view_job import view_job

#: API Gateway ends a request after 30 s (D18).
MAX_WAIT_S: Final = 20
_POLL_S: Final = 0.5


def get_job(
    command: GetJob, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> JobView:
    """The job with freshly signed result URLs; waits up to `wait_s` for it to end.

    Raises:
        JobNotFoundError: unknown, deleted, another account's, or of another source than was named.
    """
    deadline = clock.now() + timedelta(seconds=min(command.wait_s, MAX_WAIT_S))
    job = _own(command, caller, jobs)
    while not job.is_final and clock.now() < deadline:
        clock.sleep(_POLL_S)
        job = _own(command, caller, jobs)
    return view_job(job, results=results, clock=clock)


def _own(command: GetJob, caller: Caller, jobs: JobStore) -> Job:
    account_id, job_id = caller.account.id, command.job_id
    if isinstance(job_id, OwnNumber):
        job_id = JobId(id_of("job", job_id.number, account_id))
    job = jobs.get(job_id)
    if job is None or job.account_id != account_id:
        raise JobNotFoundError
    if command.source_id is not None:
        source_id = own_asset_id(command.source_id, account_id)
        if job.source_id != source_id:
            raise JobNotFoundError
    return job
