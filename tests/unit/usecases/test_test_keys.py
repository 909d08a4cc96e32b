"""Jobs of test keys: free, short, and marked from the request to the file."""

import pytest

from lipwire.domain.assets import ProbeFinding
from lipwire.domain.commands import CreateJob
from lipwire.domain.engines import Mode
from lipwire.domain.errors import TooLongError, TooManyActiveJobsError
from lipwire.domain.jobs import TEST_MARK, JobStatus
from lipwire.domain.keys import KeyMode
from lipwire.domain.plans import PLANS, TEST_DURATION_MS
from lipwire.usecases.create_job import create_job
from lipwire.usecases.plan_render import plan_render
from lipwire.usecases.settle_job import settle_job
from lipwire.usecases.validate_sources import validate_sources
from tests.support.builders import (
    a_caller,
    a_job,
    a_report,
    an_account,
    an_asset,
    video_info,
    voice_info,
)
from tests.support.fakes import (
    AnyUrl,
    FakeAccounts,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeLedger,
    FakeProbe,
    FakeUploads,
    FakeWork,
)
from tests.support.fakes_consents import FakeConsents

VIDEO = an_asset(1, media=video_info())


def voice(duration_ms):
    """A voice of that length."""
    return an_asset(2, media=voice_info(duration_ms=duration_ms))


def made(mode, duration_ms, jobs):
    """A job made with a key of that mode."""
    return create_job(
        CreateJob(source_id=VIDEO.id, speech_id=voice(1).id),
        a_caller().model_copy(update={"mode": mode}),
        jobs=jobs,
        consents=FakeConsents(),
        consent_required=False,
        assets=FakeAssets(VIDEO, voice(duration_ms)),
        uploads=FakeUploads(),
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    ).job


def validated(job, duration_ms):
    """The job after its sources were looked into, with no credits to hold more."""
    jobs = FakeJobs(job, available=0)
    validate_sources(
        job.id,
        jobs=jobs,
        assets=FakeAssets(VIDEO, voice(duration_ms)),
        accounts=FakeAccounts(an_account()),
        probe=FakeProbe(ProbeFinding(media=video_info())),
        clock=FakeClock(),
    )
    return jobs.get(job.id)


def test_a_test_job_costs_nothing_and_needs_no_credits():
    """From its hold to its charge; a live job of the same account is refused without any."""
    jobs = FakeJobs(available=0)
    job = made(KeyMode.TEST, 5_000, jobs)
    assert (job.is_test, job.held_millicredits, job.terms.dialect) == (True, 0, "native")
    assert validated(job, 5_000).held_millicredits == 0
    rendered = FakeJobs(job.model_copy(update={"status": JobStatus.RENDERING}), available=0)
    settle_job(
        job.id, jobs=rendered, work=FakeWork(a_report()), ledger=FakeLedger(), clock=FakeClock()
    )
    assert rendered.get(job.id).charged_millicredits == 0
    assert not made(KeyMode.LIVE, 5_000, FakeJobs()).is_test


def test_test_jobs_take_places_like_all_others():
    """As many as the plan has, whoever made them."""
    jobs = FakeJobs()
    for number in range(PLANS["pro"].max_active_jobs):
        job = made(KeyMode.TEST, 1_000, jobs)
        jobs.rows[f"job_{number}"] = jobs.rows.pop(job.id)
    for mode in KeyMode:
        with pytest.raises(TooManyActiveJobsError):
            made(mode, 1_000, jobs)


def test_a_test_job_is_short_whenever_its_length_is_known():
    """When it is made, or when its sources have been looked into."""
    with pytest.raises(TooLongError):
        made(KeyMode.TEST, TEST_DURATION_MS + 1, FakeJobs())
    made(KeyMode.LIVE, TEST_DURATION_MS + 1, FakeJobs())
    job = made(KeyMode.TEST, TEST_DURATION_MS, FakeJobs())
    assert validated(job, TEST_DURATION_MS).status is JobStatus.VALIDATING
    with pytest.raises(TooLongError):
        validated(job, TEST_DURATION_MS + 1)


@pytest.mark.parametrize(("is_test", "mark"), [(True, TEST_MARK), (False, None)])
def test_the_plan_of_a_test_job_says_how_to_mark_it(is_test, mark):
    """The renderer knows no keys."""
    work, job = FakeWork(), a_job(mode=Mode.VIDEO, is_test=is_test)
    plan_render(
        job.id,
        jobs=FakeJobs(job),
        assets=FakeAssets(VIDEO, voice(2_000)),
        engines=FakeEngines(),
        work=work,
        clock=FakeClock(),
    )
    assert work.plans[job.id].mark == mark
