"""One job, now or when it has ended."""

from datetime import timedelta
from typing import Final

from lipwire.domain.commands import Caller, GetJob
from lipwire.domain.errors import BusyError, JobNotFoundError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import Job
from lipwire.domain.numbers import own_id
from lipwire.domain.views import JobView
from lipwire.ports import Clock, JobStore, RequestLimiter, ResultUrls
from lipwire.usecases.view_job import view_job

#: API Gateway ends a request after 30 s (D18).
MAX_WAIT_S: Final = 20
_POLL_S: Final = 0.5


def get_job(
    command: GetJob,
    caller: Caller,
    *,
    jobs: JobStore,
    results: ResultUrls,
    limiter: RequestLimiter,
    clock: Clock,
) -> JobView:
    """The job with freshly signed result URLs; waits up to `wait_s` for it to end, unless too many of the account wait.

    Raises:
        JobNotFoundError: unknown, deleted, another account's, or of another source than was named.
    """
    deadline = clock.now() + timedelta(seconds=min(command.wait_s, MAX_WAIT_S))
    job = _own(command, caller, jobs)
    if command.wait_s > 0 and not job.is_final and _may_wait(caller, limiter, clock):
        while not job.is_final and clock.now() < deadline:
            clock.sleep(_POLL_S)
            job = _own(command, caller, jobs)
    return view_job(job, results=results, clock=clock)


def _may_wait(caller: Caller, limiter: RequestLimiter, clock: Clock) -> bool:
    """Whoever may not is answered now: that is no error, and a poll."""
    rates = {"waiting": caller.account.limits.waiting}
    try:
        taken = limiter.take(caller.account.id, rates, at=clock.now())
    except BusyError:
        return False
    return all(one.is_allowed for one in taken.decisions.values())


def _own(command: GetJob, caller: Caller, jobs: JobStore) -> Job:
    account_id = caller.account.id
    job = jobs.get(JobId(own_id("job", command.job_id, account_id)))
    if job is None or job.account_id != account_id:
        raise JobNotFoundError
    source_id = command.source_id
    if source_id is not None and own_id("ast", source_id, account_id) != job.source_id:
        raise JobNotFoundError
    return job
