"""Options on their way through a job: refused at the door or before any render, pinned, planned, told."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from lipwire.adapters.s3 import S3Objects
from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands import CreateJob
from lipwire.domain.commands_uploads import DeleteAsset
from lipwire.domain.errors import (
    AssetNotFoundError,
    InvalidOptionError,
    InvalidRequestError,
    OptionNotSupportedError,
    SilentSpeechError,
    UploadIncompleteError,
    WrongAssetKindError,
)
from lipwire.domain.jobs import JobOutput, JobStatus
from lipwire.domain.options import OPTION_NAMES, JobOptions
from lipwire.usecases.create_job import create_job
from lipwire.usecases.delete_asset import delete_asset
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.plan_render import plan_render
from lipwire.usecases.validate_sources import validate_sources
from lipwire.usecases.view_job import view_job
from tests.support.builders import (
    a_caller,
    a_job,
    a_report,
    an_account,
    an_asset,
    image_info,
    video_info,
    voice_info,
)
from tests.support.fakes import (
    SPEC,
    AnyUrl,
    FakeAccounts,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeProbe,
    FakeUploads,
    FakeWork,
)
from tests.support.fakes_consents import FakeConsents

VIDEO = an_asset(1, media=video_info())
VOICE = an_asset(2, media=voice_info(), silent=False)
MASK = an_asset(3, media=image_info(), content_type="image/png", version_id="v3")
SECOND = an_asset(4, media=voice_info(), silent=False, version_id="v4")
PICTURE = an_asset(1, media=image_info())
BOTH = {"mask_id": MASK.id, "second_speech_id": SECOND.id}


class Catalog(FakeEngines):
    """Several engines, the best first."""

    def __init__(self, *specs) -> None:
        self.specs = specs

    def get(self, name):
        return next((spec for spec in self.specs if spec.name == name), None)

    def selectable(self):
        return self.specs


class Bucket(FakeUploads):
    """Remembers what was deleted from it."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted: list[str] = []

    def delete_prefix(self, prefix):
        self.deleted.append(prefix)

    def abort_unfinished(self, prefix):
        """None was begun."""


class Deletable(FakeAssets):
    """Assets that can leave."""

    def delete(self, asset, *, at):
        del self.rows[asset.id]


class Signer:
    """Takes part in no request; the S3 client's way of signing is checked by what it is asked for."""

    def generate_presigned_url(self, operation, Params, ExpiresIn):  # noqa: N803
        from urllib.parse import urlencode

        return f"https://bucket.test/{Params['Key']}?" + urlencode(
            {"response-content-disposition": Params.get("ResponseContentDisposition", "")}
        )


def create(options, *, source=VIDEO, assets=(), engines=None, jobs=None):
    """The view of a new job with these options."""
    return create_job(
        CreateJob(
            source_id=source.id, speech_id=VOICE.id, options=JobOptions.model_validate(options)
        ),
        a_caller(),
        jobs=jobs or FakeJobs(),
        consents=FakeConsents(),
        consent_required=False,
        assets=FakeAssets(source, VOICE, *(assets or (MASK, SECOND))),
        uploads=FakeUploads(),
        engines=engines or FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )


def validate(options, *, source=VIDEO, assets=(MASK, SECOND)):
    """The job after its second step."""
    jobs = FakeJobs(a_job(options=JobOptions.model_validate(options)))
    validate_sources(
        a_job().id,
        jobs=jobs,
        assets=FakeAssets(source, VOICE, *assets),
        accounts=FakeAccounts(an_account()),
        probe=FakeProbe(None),
        clock=FakeClock(),
    )
    return jobs.get(a_job().id)


@pytest.mark.parametrize(
    ("options", "source", "error", "named"),
    [
        ({"trim_start_ms": 900, "trim_end_ms": 800}, VIDEO, InvalidOptionError, "trim_end"),
        ({"trim_start_ms": 2500}, VIDEO, InvalidOptionError, "trim_start"),
        ({"height": 481}, VIDEO, InvalidOptionError, "height"),
        ({"original_sound": "mix"}, PICTURE, OptionNotSupportedError, "original_sound"),
        ({"trim_start_ms": 100}, PICTURE, OptionNotSupportedError, "trim_start_ms"),
    ],
)
def test_options_that_cannot_be_honoured_are_refused_at_the_door(options, source, error, named):
    """With a code and the option's name, and nothing is held."""
    jobs = FakeJobs(available=5000)
    with pytest.raises(error) as caught:
        create(options, source=source, jobs=jobs)
    assert caught.value.fields["option"] == named
    assert (jobs.available, jobs.rows) == (5000, {})


@pytest.mark.parametrize(
    ("options", "source", "error"),
    [
        ({"trim_start_ms": 2500}, VIDEO, InvalidOptionError),
        (
            {"time_ranges": ({"start": "00:00:00:25", "end": "00:00:01:00"},)},
            VIDEO,
            InvalidOptionError,
        ),
        ({"time_ranges": ({"start": 0, "end": 500},)}, PICTURE, OptionNotSupportedError),
    ],
)
def test_what_only_the_probe_knows_is_refused_before_any_render(options, source, error):
    """A source that was still unknown when the job was created."""
    with pytest.raises(error):
        validate(options, source=source)


def test_an_option_that_changes_nothing_is_told():
    """The job goes on, with a warning that stays on it, once."""
    job = validate({"when_shorter": "loop"}, source=PICTURE)
    assert [(one.code, one.details) for one in job.warnings] == [
        ("option_without_effect", {"option": "when_shorter"})
    ]


def test_an_engine_that_cannot_honour_an_option_is_not_chosen():
    """`auto` takes the first that can; one that is named is refused by name; without the option the best is taken."""
    plain = SPEC._replace(name="plain", options=OPTION_NAMES - {"mask_id"})
    engines = Catalog(plain, SPEC)
    assert create({}, engines=engines).job.engine == "plain"
    assert create({"mask_id": MASK.id}, engines=engines).job.engine == "retarget"
    for options in ({"engine": "plain", "mask_id": MASK.id}, {"mask_id": MASK.id}):
        with pytest.raises(OptionNotSupportedError) as caught:
            create(options, engines=Catalog(plain))
        assert caught.value.fields == {"option": "mask_id", "engine": "plain"}


@pytest.mark.parametrize(
    ("options", "assets", "error"),
    [
        ({"mask_id": f"ast_{9:026d}"}, (MASK,), InvalidRequestError),
        ({"second_speech_id": f"ast_{9:026d}"}, (MASK,), InvalidRequestError),
        ({"mask_id": VOICE.id}, (), WrongAssetKindError),
        ({"second_speech_id": MASK.id}, (), WrongAssetKindError),
        ({"second_speech_id": SECOND.id}, (an_asset(4, silent=True),), SilentSpeechError),
    ],
)
def test_a_mask_is_a_picture_and_a_second_voice_is_heard(options, assets, error):
    """Both are held to their roles when the job is created."""
    with pytest.raises(error):
        create(options, assets=assets)


def test_mask_and_second_voice_are_held_to_their_roles_once_probed():
    """What was unknown when the job was created is known when it is validated."""
    with pytest.raises(WrongAssetKindError):
        validate(BOTH, assets=(an_asset(3, media=voice_info()), SECOND))
    with pytest.raises(SilentSpeechError):
        validate(BOTH, assets=(MASK, an_asset(4, media=voice_info(), silent=True)))
    assert validate(BOTH).status is JobStatus.VALIDATING


def test_mask_and_second_voice_are_pinned_and_planned():
    """The exact versions that were there when the job began, by key."""
    job = a_job(status=JobStatus.QUEUED, options=JobOptions.model_validate(BOTH), mode="video")
    jobs, assets, work = FakeJobs(job), FakeAssets(VIDEO, VOICE, MASK, SECOND), FakeWork()
    fetch_sources(job.id, jobs=jobs, assets=assets, uploads=FakeUploads(), clock=FakeClock())
    pinned = jobs.get(job.id)
    assert (pinned.mask_version, pinned.second_speech_version) == ("v3", "v4")
    plan_render(
        job.id, jobs=jobs, assets=assets, engines=FakeEngines(), work=work, clock=FakeClock()
    )
    plan = work.plans[job.id]
    assert (plan.mask_key, plan.mask_version) == (MASK.key, "v3")
    assert (plan.second_speech_key, plan.second_speech_version) == (SECOND.key, "v4")
    assert plan.options == job.options


def test_a_mask_that_never_came_is_named():
    """Its upload is waited for like the source's."""
    job = a_job(status=JobStatus.QUEUED, options=JobOptions(mask_id=MASK.id))
    late = an_asset(3, status=AssetStatus.AWAITING_UPLOAD, filename="mask.png")
    with pytest.raises(UploadIncompleteError, match=r"mask\.png"):
        fetch_sources(
            job.id,
            jobs=FakeJobs(job),
            assets=FakeAssets(VIDEO, VOICE, late),
            uploads=FakeUploads(arrived=False),
            clock=FakeClock(),
        )


@pytest.mark.parametrize("gone", [MASK, SECOND])
def test_a_job_whose_mask_or_second_voice_was_deleted_fails_unpaid(gone):
    """At every step that still needs it."""
    assets = Deletable(VIDEO, VOICE, MASK, SECOND)
    uploads = Bucket()
    delete_asset(
        DeleteAsset(asset_id=gone.id),
        a_caller(),
        assets=assets,
        stores=SimpleNamespace(assets=assets, uploads=uploads, work_objects=Bucket()),
        clock=FakeClock(),
    )
    assert uploads.deleted == [gone.key] * 2
    options, clock = JobOptions.model_validate(BOTH), FakeClock()
    with pytest.raises(AssetNotFoundError):
        fetch_sources(
            a_job().id,
            jobs=FakeJobs(a_job(status=JobStatus.QUEUED, options=options)),
            assets=assets,
            uploads=FakeUploads(),
            clock=clock,
        )
    with pytest.raises(AssetNotFoundError):
        validate(BOTH, assets=[one for one in (MASK, SECOND) if one is not gone])
    with pytest.raises(AssetNotFoundError):
        plan_render(
            a_job().id,
            jobs=FakeJobs(a_job(options=options, mode="video")),
            assets=assets,
            engines=FakeEngines(),
            work=FakeWork(),
            clock=clock,
        )


@pytest.mark.parametrize(
    ("given", "disposition"),
    [
        (
            "Über mich",
            "attachment; filename=\"_ber mich.mp4\"; filename*=UTF-8''%C3%9Cber%20mich.mp4",
        ),
        (None, ""),
    ],
)
def test_a_result_is_downloaded_under_its_output_name(given, disposition):
    """By the header that the signed URL asks for; without a name there is none."""
    options = create({"output_name": given} if given else {}).job.options
    output: JobOutput | None = a_report().output
    job = a_job(status=JobStatus.SUCCEEDED, output=output, options=options)

    class Results:
        """The bucket's own signer, as on a stage without a content network."""

        def sign(self, key, *, expires_s, filename=None):
            objects = S3Objects(Signer(), bucket="outputs")
            return objects.sign_get(key, expires_s=expires_s, filename=filename)

    view = view_job(job, results=Results(), clock=FakeClock())
    asked = parse_qs(urlsplit(view.output_url).query, keep_blank_values=True)
    assert asked["response-content-disposition"] == [disposition]
