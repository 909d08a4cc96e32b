"""Uploads as they arrive: once, in any order, under keys of ours; and what is refused of them goes no further."""

import pytest

from lipwire.domain.assets import AssetStatus, ProbeFinding, Problem, asset_of_key
from lipwire.domain.commands import CreateJob
from lipwire.domain.commands_uploads import CreateUpload, CreateUploads
from lipwire.domain.errors import (
    CorruptMediaError,
    InvalidRequestError,
    RejectedMediaError,
    TooLongError,
)
from lipwire.domain.options import JobOptions
from lipwire.domain.speech import phonemes_key
from lipwire.usecases.begin_analysis import begin_analysis
from lipwire.usecases.create_job import create_job
from lipwire.usecases.create_upload import create_upload
from lipwire.usecases.create_uploads import create_uploads
from lipwire.usecases.draft_upload import SINGLE_PUT_BYTES
from lipwire.usecases.ingest_upload import ingest_upload
from lipwire.usecases.probe_asset import probe_asset
from tests.support.builders import a_caller, an_account, an_asset, video_info, voice_info
from tests.support.fakes import (
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

AWAITED = an_asset(1, status=AssetStatus.AWAITING_UPLOAD, version_id=None)
FINE = ProbeFinding(media=video_info())
DAMAGED = ProbeFinding(problem=Problem.of(CorruptMediaError()))


class VersionedUploads(FakeUploads):
    """A bucket in which the object is replaced after each look."""

    looks = 0

    def head(self, key: str) -> tuple[int, str | None] | None:
        self.looks += 1
        return 1000, f"v{self.looks}"


def ingest(key, assets, uploads=None):
    """What the event of this key does."""
    return ingest_upload(key, assets=assets, uploads=uploads or FakeUploads(), clock=FakeClock())


@pytest.mark.fault(19, 22, 25, 26)
def test_the_first_version_that_is_seen_stays():
    """Whether the event comes again, late, or because somebody put other bytes to the same URL."""
    assets, uploads = FakeAssets(AWAITED), VersionedUploads()
    assert [ingest(AWAITED.key, assets, uploads) for _ in range(5)] == [True, *[False] * 4]
    assert assets.get(AWAITED.id).version_id == "v1"


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads",
        "uploads/acct/../source",
        "uploads/acct/a b+c%2F\N{SNOWMAN}/source",
        f"outputs/acct/{AWAITED.id}/source",
        f"{AWAITED.key}/more",
    ],
)
def test_keys_that_are_not_ours_are_ignored(key):
    """Whatever is written in them."""
    assets = FakeAssets(AWAITED)
    assert ingest(key, assets) is False
    assert assets.get(AWAITED.id) == AWAITED


def test_bytes_that_come_after_their_asset_was_erased_are_erased():
    """A signed URL works for an hour, whatever became of what it was for; another asset's key is left alone."""
    erased: list[str] = []

    class Bucket(FakeUploads):
        def delete_prefix(self, prefix: str) -> None:
            erased.append(prefix)

    beside = phonemes_key(AWAITED.key)
    for key in (AWAITED.key, beside):
        assert ingest(key, FakeAssets(), Bucket()) is False
    assert erased == [AWAITED.key, beside]
    for key in (f"uploads/other/{AWAITED.id}/source", beside):
        assert ingest(key, FakeAssets(AWAITED), Bucket()) is False
    assert erased == [AWAITED.key, beside]


def test_bytes_whose_asset_is_erased_while_they_are_marked_are_erased():
    """It was there when the event was read; a second event that loses to the first erases nothing."""

    class Erased(FakeAssets):
        def mark_uploaded(self, asset, **_more):
            del self.rows[asset.id]
            return False

    class Marked(FakeAssets):
        def mark_uploaded(self, asset, **_more):
            return False

    for assets, left in ((Erased(AWAITED), {}), (Marked(AWAITED), {AWAITED.key: b"x"})):
        bucket = FakeUploads()
        bucket.written = {AWAITED.key: b"x"}
        assert ingest(AWAITED.key, assets, bucket) is False
        assert bucket.written == left


@pytest.mark.fault(37)
@pytest.mark.parametrize(
    "name", ["-i", ";rm -rf ~", "a\nb", "../../etc/passwd", "uploads/x/y/source"]
)
def test_a_file_name_never_becomes_part_of_a_key(name):
    """It is kept as a word and used for nothing."""
    made: list[str] = []

    class Bucket(FakeUploads):
        def sign_put(self, key: str, *, size_bytes: int, expires_s: int, sha256: str | None) -> str:
            made.append(key)
            return f"https://uploads.example/{key}"

    view = create_upload(
        CreateUpload(filename=name, content_type="video/mp4", size_bytes=1000),
        a_caller(),
        assets=FakeAssets(),
        uploads=Bucket(),
        clock=FakeClock(),
        ids=FakeIds(),
        source_urls=AnyUrl,
    )
    assert made == [f"uploads/{view.asset.account_id}/{view.asset.id}/source"]
    assert asset_of_key(made[0]) == view.asset.id


@pytest.mark.fault(21)
def test_a_checksum_is_one_of_a_whole_file():
    """Parts would be taken without it: better to say so."""
    command = CreateUpload(
        filename="a", content_type="video/mp4", size_bytes=SINGLE_PUT_BYTES + 1, sha256="0" * 64
    )
    with pytest.raises(InvalidRequestError):
        create_upload(
            command,
            a_caller(),
            assets=FakeAssets(),
            uploads=FakeUploads(),
            clock=FakeClock(),
            ids=FakeIds(),
            source_urls=AnyUrl,
        )


@pytest.mark.fault(20)
def test_more_bytes_than_the_plan_allows_are_never_opened():
    """Judged by what has arrived, whatever was promised."""
    limit = an_account().limits.max_upload_bytes
    swollen = an_asset(1, status=AssetStatus.UPLOADED, size_bytes=limit + 1)
    probed = probe_asset(
        swollen,
        assets=FakeAssets(swollen),
        accounts=FakeAccounts(an_account()),
        probe=FakeProbe(FINE),
        clock=FakeClock(),
    )
    assert probed.status is AssetStatus.REJECTED
    assert probed.problem.code == "media_too_large"


@pytest.mark.fault(28, 29, 36)
def test_nothing_of_a_refused_file_reaches_a_queue():
    """No analysis is planned, and no job that names it is made."""
    arrived = an_asset(1, status=AssetStatus.UPLOADED)
    assets, work, jobs = FakeAssets(arrived, VOICE), FakeWork(), FakeJobs()
    start = begin_analysis(
        arrived.id,
        assets=assets,
        accounts=FakeAccounts(an_account()),
        probe=FakeProbe(DAMAGED),
        engines=FakeEngines(),
        work=work,
        clock=FakeClock(),
    )
    assert (start.analyze, start.queue, start.definition, work.plans) == (False, "", "", {})
    with pytest.raises(RejectedMediaError) as refused:
        create(assets, jobs)
    assert refused.value.code == "corrupt_media"
    assert jobs.available == 1_000_000


VOICE = an_asset(2, media=voice_info())


def create(assets, jobs):
    """A job of the first asset and the voice."""
    return create_job(
        CreateJob(source_id=AWAITED.id, speech_id=VOICE.id, options=JobOptions()),
        a_caller(),
        jobs=jobs,
        consents=FakeConsents(),
        consent_required=False,
        assets=assets,
        uploads=FakeUploads(),
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )


@pytest.mark.fault(32)
def test_what_is_known_to_be_too_long_is_refused_before_any_hold():
    """By the plan, when the job is made."""
    too_long = an_account().limits.max_duration_ms + 1
    source = an_asset(1, media=video_info(duration_ms=too_long))
    voice = an_asset(2, media=voice_info(duration_ms=too_long))
    jobs = FakeJobs()
    with pytest.raises(TooLongError, match=str(too_long)):
        create(FakeAssets(source, voice), jobs)
    assert jobs.available == 1_000_000


def test_several_uploads_of_unknown_size_are_permitted_at_once():
    """In order, each to its own URL that takes any size; what arrives is measured."""
    signed: list[tuple[str, int | None]] = []

    class Bucket(FakeUploads):
        def sign_put(self, key, *, size_bytes, expires_s, sha256=None):
            signed.append((key, size_bytes))
            return f"https://uploads.test/{key}"

    names = ("video.mp4", "audio.mp3")
    items = tuple(
        CreateUpload(filename=name, content_type="application/octet-stream", size_bytes=None)
        for name in names
    )
    assets = FakeAssets()
    views = create_uploads(
        CreateUploads(items=items),
        a_caller(),
        assets=assets,
        uploads=Bucket(),
        clock=FakeClock(),
        ids=FakeIds(),
    )
    assert [view.asset.filename for view in views] == list(names)
    assert signed == [(view.asset.key, None) for view in views]
    assert all(dict(view.headers) == {} for view in views)
    assert set(assets.rows) == {view.asset.id for view in views}
