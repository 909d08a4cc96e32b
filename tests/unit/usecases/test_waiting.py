"""`?wait=`: a job is answered when it has ended, to as many as may wait."""

from datetime import timedelta

import pytest

from lipwire.adapters.memory_limits import MemoryLimits
from lipwire.domain.commands import GetJob
from lipwire.domain.errors import BusyError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.plans import PLANS
from lipwire.usecases.get_job import MAX_WAIT_S, get_job
from tests.support.builders import NOW, a_caller, a_job, an_account
from tests.support.fakes import FakeClock, FakeJobs


class Ending(FakeClock):
    """The job ends after so many seconds."""

    def __init__(self, jobs: FakeJobs, after_s: float) -> None:
        super().__init__()
        self.jobs, self.end = jobs, NOW + timedelta(seconds=after_s)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.now() >= self.end:
            self.jobs.release(a_job(), status=JobStatus.CANCELED, error=None)


def ask(wait_s, *, after_s=5.0, limiter=None, plan="pro"):
    """The job's status, and how long it took to say so."""
    jobs = FakeJobs(a_job(status=JobStatus.QUEUED))
    clock = Ending(jobs, after_s)
    caller = a_caller().model_copy(update={"account": an_account(plan=plan)})
    view = get_job(
        GetJob(job_id=a_job().id, wait_s=wait_s),
        caller,
        jobs=jobs,
        results=None,
        limiter=limiter or MemoryLimits(),
        clock=clock,
    )
    return view.job.status, (clock.now() - NOW).total_seconds()


class Never(MemoryLimits):
    """Can't count."""

    def take(self, *_asked, **_more):
        raise BusyError


def test_an_answer_comes_with_the_jobs_end_or_in_time():
    """At once where nobody waits; twenty seconds at most."""
    assert ask(0) == (JobStatus.QUEUED, 0)
    assert ask(10) == (JobStatus.CANCELED, 5)
    assert ask(3) == (JobStatus.QUEUED, 3)
    assert ask(60, after_s=99) == (JobStatus.QUEUED, MAX_WAIT_S)


@pytest.mark.parametrize("plan", PLANS)
def test_whoever_is_one_too_many_is_answered_at_once(plan):
    """No error: a poll. Where nothing can be counted nobody waits; reading without waiting counts for nothing."""
    limiter, most = MemoryLimits(), PLANS[plan].max_active_jobs
    for _ in range(3):
        assert ask(0, limiter=limiter, plan=plan) == (JobStatus.QUEUED, 0)
    took = [ask(10, limiter=limiter, plan=plan)[1] for _ in range(most + 3)]
    assert took == [5] * most + [0] * 3
    assert ask(10, limiter=Never(), plan=plan) == (JobStatus.QUEUED, 0)
