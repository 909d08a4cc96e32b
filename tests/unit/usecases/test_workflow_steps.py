"""The steps of a job: what is refused, what is held, what is charged."""

import json

import pytest

from lipwire.domain.assets import Analysis, AnalysisStatus, AssetStatus, ProbeFinding, Problem
from lipwire.domain.engines import Mode
from lipwire.domain.errors import (
    AssetNotFoundError,
    CorruptMediaError,
    InsufficientCreditsError,
    JobFinishedError,
    NoFaceError,
    RejectedMediaError,
    RenderFailedError,
    SilentSpeechError,
    TooLongError,
    UploadIncompleteError,
    WrongAssetKindError,
)
from lipwire.domain.jobs import JobStatus
from lipwire.usecases.fail_job import fail_job
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.plan_render import plan_render
from lipwire.usecases.settle_job import settle_job
from lipwire.usecases.validate_sources import validate_sources
from tests.support.builders import (
    ACCOUNT,
    a_job,
    a_report,
    an_account,
    an_asset,
    image_info,
    video_info,
    voice_info,
)
from tests.support.fakes import (
    FakeAccounts,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeJobs,
    FakeLedger,
    FakeProbe,
    FakeUploads,
    FakeWork,
)


def validate(source, speech, *, job=None, finding=None, available=1_000_000):
    """Validate one job over these assets; gives the jobs back."""
    jobs = FakeJobs(job or a_job(), available=available)
    probe = FakeProbe(finding or ProbeFinding(media=video_info()))
    validate_sources(
        a_job().id,
        jobs=jobs,
        assets=FakeAssets(*(asset for asset in (source, speech) if asset)),
        accounts=FakeAccounts(an_account()),
        probe=probe,
        clock=FakeClock(),
    )
    return jobs


VIDEO = an_asset(1, media=video_info())
VOICE = an_asset(2, media=voice_info(), silent=False)


def test_a_picture_is_rendered_as_a_portrait():
    """The mode follows from what was found, not from what was said."""
    jobs = validate(an_asset(1, media=image_info()), VOICE)
    assert jobs.get(a_job().id).mode is Mode.PORTRAIT


def test_an_unprobed_upload_is_probed_first():
    """The upload's own event may come later than the job."""
    jobs = validate(an_asset(1, status=AssetStatus.UPLOADED), VOICE)
    assert jobs.get(a_job().id).mode is Mode.VIDEO


@pytest.mark.parametrize(
    ("source", "speech", "error"),
    [
        (None, VOICE, AssetNotFoundError),
        (an_asset(1, media=voice_info()), VOICE, WrongAssetKindError),
        (VIDEO, an_asset(2, media=image_info()), WrongAssetKindError),
        (VIDEO, an_asset(2, media=voice_info(), silent=True), SilentSpeechError),
        (VIDEO, an_asset(2, media=voice_info(duration_ms=10**8)), TooLongError),
        (
            an_asset(1, media=video_info(), analysis=Analysis(status=AnalysisStatus.DONE, faces=0)),
            VOICE,
            NoFaceError,
        ),
        (
            an_asset(
                1, status=AssetStatus.REJECTED, problem=Problem(code="corrupt_media", message="m")
            ),
            VOICE,
            RejectedMediaError,
        ),
    ],
)
def test_what_cannot_be_rendered_is_refused_before_any_render(source, speech, error):
    """Each by its own error."""
    with pytest.raises(error):
        validate(source, speech)


def test_a_refused_upload_keeps_its_own_code():
    """The job says what the probe said."""
    finding = ProbeFinding(problem=Problem.of(CorruptMediaError()))
    with pytest.raises(RejectedMediaError) as caught:
        validate(an_asset(1, status=AssetStatus.UPLOADED), VOICE, finding=finding)
    assert caught.value.code == "corrupt_media"


def test_the_hold_is_fitted_to_the_voice():
    """A provisional hold is raised to what the voice can cost, once its length is known."""
    jobs = validate(VIDEO, an_asset(2, media=voice_info(duration_ms=20_000)), available=15_000)
    assert jobs.get(a_job().id).held_millicredits == 21_000
    assert jobs.available == 0


def test_a_voice_longer_than_the_credits_is_refused():
    """Nothing is rendered that can't be paid."""
    with pytest.raises(InsufficientCreditsError):
        validate(VIDEO, an_asset(2, media=voice_info(duration_ms=20_000)), available=14_999)


def test_bytes_that_never_came_are_named():
    """The job fails with the file's name instead of waiting for ever."""
    asset = an_asset(1, status=AssetStatus.AWAITING_UPLOAD, filename="face.mp4")
    with pytest.raises(UploadIncompleteError, match=r"face\.mp4"):
        fetch_sources(
            a_job().id,
            jobs=FakeJobs(a_job(status=JobStatus.QUEUED)),
            assets=FakeAssets(asset, VOICE),
            uploads=FakeUploads(arrived=False),
            clock=FakeClock(),
        )


def test_a_canceled_job_goes_no_further():
    """Each step stops the workflow before a render could start for nobody."""
    canceled = FakeJobs(a_job(status=JobStatus.CANCELED))
    assets = FakeAssets(VIDEO, VOICE)
    with pytest.raises(JobFinishedError):
        fetch_sources(
            a_job().id, jobs=canceled, assets=assets, uploads=FakeUploads(), clock=FakeClock()
        )
    with pytest.raises(JobFinishedError):
        validate(VIDEO, VOICE, job=a_job(status=JobStatus.CANCELED))


def test_bytes_whose_event_is_late_are_taken():
    """The step looks for itself."""
    jobs = FakeJobs(a_job(status=JobStatus.QUEUED))
    fetch_sources(
        a_job().id,
        jobs=jobs,
        assets=FakeAssets(an_asset(1, status=AssetStatus.AWAITING_UPLOAD, version_id=None), VOICE),
        uploads=FakeUploads(),
        clock=FakeClock(),
    )
    assert jobs.get(a_job().id).status is JobStatus.VALIDATING
    assert jobs.get(a_job().id).source_version == "v1"


@pytest.mark.fault(22)
def test_the_plan_names_exact_bytes_and_a_queue():
    """What is rendered is what was validated."""
    work, job = FakeWork(), a_job(mode=Mode.VIDEO, source_version="v7")
    target = plan_render(
        job.id,
        jobs=FakeJobs(job),
        assets=FakeAssets(VIDEO, VOICE),
        engines=FakeEngines(),
        work=work,
        clock=FakeClock(),
    )
    assert target.queue == "queue-of-retarget"
    assert work.plans[job.id].source_version == "v7"


@pytest.mark.parametrize(("duration_ms", "shards"), [(2000, 1), (60_000, 1), (100_000, 3)])
def test_a_long_output_is_planned_in_parts(duration_ms, shards):
    """The same number for the array, the containers and whoever reads the job."""
    work, jobs = FakeWork(), FakeJobs(a_job(mode=Mode.VIDEO))
    target = plan_render(
        a_job().id,
        jobs=jobs,
        assets=FakeAssets(
            an_asset(1, media=video_info(duration_ms=duration_ms)),
            an_asset(2, media=voice_info(duration_ms=duration_ms)),
        ),
        engines=FakeEngines(),
        work=work,
        clock=FakeClock(),
    )
    plan = work.plans[a_job().id]
    assert target.shards == plan.shards == jobs.get(a_job().id).shards == shards
    assert plan.longest_ms == duration_ms


def settled(jobs: FakeJobs, work: FakeWork) -> list[str]:
    """Settles the one job; whose balance was looked at afterwards."""
    ledger = FakeLedger()
    settle_job(a_job().id, jobs=jobs, work=work, ledger=ledger, clock=FakeClock())
    return ledger.watched


def test_a_spent_balance_is_looked_at():
    """So that its owner can be told that little is left; again when the step is run again."""
    jobs = FakeJobs(a_job(status=JobStatus.RENDERING))
    for _ in range(2):
        assert settled(jobs, FakeWork(a_report())) == [ACCOUNT]


@pytest.mark.fault(34)
def test_only_the_frames_rendered_are_charged():
    """Fifty frames at 25 are two seconds; the rest of the hold returns."""
    jobs = FakeJobs(a_job(status=JobStatus.RENDERING), available=0)
    settled(jobs, FakeWork(a_report()))
    assert jobs.get(a_job().id).charged_millicredits == 2000
    assert jobs.available == 4000


def test_a_charge_is_never_above_the_hold():
    """However many frames a container claims."""
    jobs = FakeJobs(a_job(status=JobStatus.RENDERING))
    settled(jobs, FakeWork(a_report(frames=5000, duration_ms=200_000)))
    assert jobs.get(a_job().id).charged_millicredits == 6000


def test_uneven_frames_are_charged_by_time():
    """A variable-rate output with an average rate that says little costs what it lasts."""
    jobs = FakeJobs(a_job(status=JobStatus.RENDERING))
    settled(jobs, FakeWork(a_report(frames=80, duration_ms=1000)))
    assert jobs.get(a_job().id).charged_millicredits == 1000


def test_a_render_without_a_report_is_not_charged():
    """Success without a result is a failure."""
    with pytest.raises(RenderFailedError):
        settled(FakeJobs(a_job()), FakeWork())


@pytest.mark.parametrize(
    ("name", "cause", "code"),
    [
        ("NoFaceError", "", "no_face"),
        ("InsufficientCreditsError", "{}", "insufficient_credits"),
        ("States.Timeout", "", "render_timed_out"),
        (
            "States.TaskFailed",
            json.dumps({"StatusReason": "Job attempt duration exceeded timeout"}),
            "render_timed_out",
        ),
        ("States.TaskFailed", json.dumps({"StatusReason": "Host EC2 terminated"}), "render_failed"),
        ("States.TaskFailed", "not json", "render_failed"),
        ("KeyError", "{}", "render_failed"),
        ("errors", "", "render_failed"),
    ],
)
def test_a_failure_gets_a_stable_code(name, cause, code):
    """By the step's error, by Batch's reason, or as ours."""
    jobs = FakeJobs(a_job())
    fail_job(a_job().id, name, cause, jobs=jobs)
    assert jobs.get(a_job().id).error.code == code


def test_what_was_noted_first_is_the_error():
    """A container's own finding beats what Batch says of its exit."""
    jobs = FakeJobs(a_job(failure=Problem(code="no_face", message="m")))
    fail_job(a_job().id, "States.TaskFailed", "", jobs=jobs)
    assert jobs.get(a_job().id).error.code == "no_face"
