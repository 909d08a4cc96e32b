"""Jobs whose media lies at a URL."""

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec import to_create_job
from lipwire.dialects.native.wire_options import from_options
from lipwire.domain.assets import AssetStatus, filename_of_url
from lipwire.domain.commands import CreateJob
from lipwire.domain.errors import (
    AssetNotFoundError,
    InsufficientCreditsError,
    InvalidRequestError,
    InvalidSourceUrlError,
    JobFinishedError,
    PageWithoutMediaError,
    SourceIsPageError,
    SourceRefusedError,
)
from lipwire.domain.jobs import JobStatus
from lipwire.domain.plans import PLANS
from lipwire.usecases.fetch_asset import CHECK_BYTES, MAX_BYTES
from lipwire.usecases.fetch_from_urls import fetch_from_urls
from tests.support.builders import NOW, a_job, an_account, an_asset, voice_info
from tests.support.fakes import (
    FakeAccounts,
    FakeAssets,
    FakeClock,
    FakeJobs,
)
from tests.support.fetches import Sink
from tests.support.new_jobs import a_new_job

URL = "https://media.example.com/clips/My%20clip.mp4?signature=secret"
VOICE = an_asset(2, media=voice_info(), silent=False)


def create(assets: FakeAssets, *, available: int = 1_000_000, **command: object):
    """The job made from such a command."""
    made = CreateJob.model_validate({"speech_id": VOICE.id} | command)
    return a_new_job(made, assets, available=available)


def test_a_url_becomes_an_asset_that_waits_for_its_bytes():
    """Named after the last part of its path, never after the query; the job names its id."""
    assets = FakeAssets(VOICE)
    job = create(assets, source_url=URL)
    asset = assets.get(job.source_id)
    assert (asset.url, asset.status) == (URL, AssetStatus.AWAITING_UPLOAD)
    assert (asset.filename, asset.size_bytes) == ("My clip.mp4", 0)
    assert "secret" not in job.model_dump_json()


def test_both_may_be_urls():
    """Two assets."""
    assets = FakeAssets()
    job = create(assets, source_url=URL, speech_url=URL, speech_id=None)
    assert job.source_id != job.speech_id
    assert {assets.get(job.source_id).url, assets.get(job.speech_id).url} == {URL}


def test_a_mask_and_a_second_voice_may_be_urls_too():
    """Their assets stand in the options, are fetched with the others, and nothing of a URL stays on the job."""
    assets = FakeAssets(VOICE, an_asset(1))
    changes = {"mask_url": URL, "second_speech_url": URL, "source_id": an_asset(1).id}
    job = create(assets, options={"speaking_order": "left_first"}, **changes)
    second, mask = job.options.second_speech_id, job.options.mask_id
    assert {assets.get(second).url, assets.get(mask).url} == {URL}
    assert second != mask
    assert "secret" not in job.model_dump_json()
    fetcher, bucket = Fetcher(), Bucket()
    fetch(assets, bucket, fetcher, jobs=FakeJobs(job), job_id=job.id)
    assert set(bucket.objects) == {assets.get(second).key, assets.get(mask).key}


def test_an_asset_that_waits_for_its_url_is_not_made_twice():
    """A second job may name the first one's asset while it is being fetched."""
    assets = FakeAssets(VOICE, an_asset(1))
    first = create(assets, mask_url=URL, source_id=an_asset(1).id)
    before = set(assets.rows)
    again = create(assets, options={"mask_id": first.options.mask_id}, source_id=an_asset(1).id)
    assert again.options.mask_id == first.options.mask_id
    assert set(assets.rows) == before


@pytest.mark.parametrize("role", ["mask", "second_speech"])
def test_a_forbidden_url_of_an_option_is_named(role):
    """With the option's name in the error's field."""
    with pytest.raises(InvalidSourceUrlError) as caught:
        create(FakeAssets(VOICE), source_url=URL, **{f"{role}_url": "http://10.0.0.1/"})
    assert caught.value.fields == {"field": f"options.{role}.url"}


@pytest.mark.fault(44, 51)
def test_a_url_that_is_not_allowed_is_refused_with_nothing_made():
    """By its form, before any look-up."""
    assets = FakeAssets(VOICE)
    with pytest.raises(InvalidSourceUrlError) as caught:
        create(assets, source_url="http://10.0.0.1/")
    assert caught.value.fields == {"field": "source.url"}
    assert set(assets.rows) == {VOICE.id}


def test_a_job_that_cannot_be_paid_leaves_nothing():
    """Neither what was to be fetched, nor what came with the request."""
    assets = FakeAssets(VOICE)
    with pytest.raises(InsufficientCreditsError):
        create(assets, available=0, source_url=URL)
    assert set(assets.rows) == {VOICE.id}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/", "from a URL"),
        ("https://a.example", "from a URL"),
        ("https://a.example/x/?f=y.mp4", "from a URL"),
        ("https://a.example/%0d%0aa%2Fb.mp4", "a/b.mp4"),
        ("https://a.example/%E2%98%83.mp4", "☃.mp4"),
        (f"https://a.example/{'n' * 900}", "n" * 200),
    ],
)
@pytest.mark.fault(37)
def test_names_from_urls_are_for_reading_only(url, name):
    """Printable and short; keys are made of ids."""
    assert filename_of_url(url) == name


@pytest.mark.parametrize("source", [{}, {"asset_id": VOICE.id, "url": URL}, {"uri": URL}])
def test_exactly_one_of_asset_and_url_is_asked_for(source):
    """None and both are refused."""
    body = json.dumps({"source": source, "speech": {"url": URL}}).encode()
    with pytest.raises(InvalidRequestError):
        to_create_job(WireRequest(method="POST", path="/", body=body))


def test_the_wire_takes_urls():
    """`{"url"}` beside `{"asset_id"}`."""
    body = json.dumps({"source": {"url": URL}, "speech": {"asset_id": VOICE.id}}).encode()
    command = to_create_job(WireRequest(method="POST", path="/", body=body))
    assert (command.source_id, command.source_url) == (None, URL)
    assert (command.speech_id, command.speech_url) == (VOICE.id, None)


def test_the_wire_takes_urls_of_options():
    """The same two forms; what comes back has the asset's id alone."""
    options = {"mask": {"url": URL}, "second_speech": {"asset_id": VOICE.id}}
    given = {"source": {"url": URL}, "speech": {"url": URL}, "options": options}
    command = to_create_job(WireRequest(method="POST", path="/", body=json.dumps(given).encode()))
    assert (command.mask_url, command.options.mask_id) == (URL, None)
    assert (command.second_speech_url, command.options.second_speech_id) == (None, VOICE.id)
    shown = json.loads(from_options(command.options).model_dump_json())
    assert (shown["mask"], shown["second_speech"]["asset_id"]) == (None, VOICE.id)
    assert {one for one in shown["second_speech"].values() if one} == {VOICE.id}


class Bucket:
    """Objects in memory; what a writer leaves open is not kept."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def find(self, key: str) -> tuple[int, str | None] | None:
        return (len(self.objects[key]), "v1") if key in self.objects else None

    @contextmanager
    def writer(self, key: str):
        sink = Sink()
        yield sink
        self.objects[key] = bytes(sink.data)


class Fetcher:
    """Gives bytes, or an error."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, int]] = []

    def fetch(self, url, sink, *, max_bytes, within_s, check):
        self.asked.append((url, max_bytes))
        sink.write(b"bytes")
        if self.error:
            raise self.error


def awaited(number: int, **changes: object):
    """An asset to be fetched."""
    changes = {"status": AssetStatus.AWAITING_UPLOAD, "url": URL, "version_id": None} | changes
    return an_asset(number, **changes)


def fetch(assets, bucket, fetcher, *, jobs=None, job_id=None, pages=None, clock=None, **changes):
    """The step, over these."""
    stores = SimpleNamespace(
        assets=assets,
        accounts=FakeAccounts(an_account(**changes)),
        uploads=bucket,
        media_fetcher=fetcher,
        pages=pages,
        clock=clock or FakeClock(),
    )
    fetch_from_urls(job_id or a_job().id, jobs=jobs or FakeJobs(a_job()), stores=stores)


class Waiting(FakeClock):
    """Time in which something happens."""

    def __init__(self, *happens) -> None:
        super().__init__()
        self.happens = list(happens)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.happens:
            self.happens.pop(0)()


OTHER = f"job_{'7' * 26}"


def test_what_another_job_fetches_is_waited_for():
    """Twenty jobs of one source ask its server once; a cancel is heard while waiting."""
    assets, bucket, fetcher = FakeAssets(awaited(1), VOICE), Bucket(), Fetcher()
    clock = Waiting(lambda: None, lambda: bucket.objects.update({awaited(1).key: b"theirs"}))
    assert assets.begin_fetch(awaited(1).id, by=OTHER, at=NOW, until=NOW + timedelta(hours=1))
    fetch(assets, bucket, fetcher, clock=clock)
    assert fetcher.asked == []
    assert bucket.objects == {awaited(1).key: b"theirs"}
    jobs, bucket = FakeJobs(a_job()), Bucket()
    clock = Waiting(lambda: jobs.release(a_job(), status=JobStatus.CANCELED, error=None))
    with pytest.raises(JobFinishedError):
        fetch(assets, bucket, fetcher, jobs=jobs, clock=clock)


@pytest.mark.parametrize("end", ["gives up", "is lost"])
def test_what_another_job_does_not_bring_is_fetched_in_its_place(end):
    """At once where it says so, after its lease where it died; a step that is run again goes on by itself."""
    assets, bucket, fetcher = FakeAssets(awaited(1), VOICE), Bucket(), Fetcher()
    assert assets.begin_fetch(awaited(1).id, by=OTHER, at=NOW, until=NOW + timedelta(minutes=5))
    gives_up = [lambda: assets.end_fetch(awaited(1).id, by=OTHER)] if end == "gives up" else []
    clock = Waiting(*gives_up)
    fetch(assets, bucket, fetcher, clock=clock)
    assert bucket.objects == {awaited(1).key: b"bytes"}
    assert (clock.now() - NOW > timedelta(minutes=4)) is (end == "is lost")
    assert assets.fetched_by == {}
    with pytest.raises(SourceRefusedError):
        fetch(assets, Bucket(), Fetcher(SourceRefusedError(status=404)))
    assert assets.fetched_by == {}


def test_what_waits_is_fetched_once():
    """Only what has a URL and no bytes; a second run of the step finds them there."""
    bucket, fetcher = Bucket(), Fetcher()
    assets = FakeAssets(awaited(1), VOICE)
    fetch(assets, bucket, fetcher)
    fetch(assets, bucket, fetcher)
    assert bucket.objects == {awaited(1).key: b"bytes"}
    assert [url for url, _ in fetcher.asked] == [URL]
    fetch(FakeAssets(awaited(1, url=None), VOICE), Bucket(), fetcher)
    assert len(fetcher.asked) == 1


@pytest.mark.parametrize("plan", PLANS)
def test_the_smaller_limit_counts(plan):
    """The account's, or what one function can stream."""
    fetcher = Fetcher()
    fetch(FakeAssets(awaited(1), VOICE), Bucket(), fetcher, plan=plan)
    assert fetcher.asked == [(URL, min(PLANS[plan].max_upload_bytes, MAX_BYTES))]


def test_a_fetch_that_failed_leaves_nothing():
    """The error goes on to the job as it is."""
    bucket = Bucket()
    with pytest.raises(SourceRefusedError):
        fetch(FakeAssets(awaited(1), VOICE), bucket, Fetcher(SourceRefusedError(status=404)))
    assert bucket.objects == {}


class Patient(Fetcher):
    """A fetcher whose job is canceled after so many pieces of a megabyte."""

    def __init__(self, jobs: FakeJobs, pieces: int) -> None:
        super().__init__()
        self.jobs, self.pieces, self.written = jobs, pieces, 0

    def fetch(self, url, sink, *, max_bytes, within_s, check):
        self.asked.append((url, max_bytes))
        while True:
            if self.written == self.pieces:
                self.jobs.release(self.jobs.get(a_job().id), status=JobStatus.CANCELED, error=None)
            sink.write(bytes(2**20))
            self.written += 1


def test_nothing_is_fetched_for_a_job_that_was_canceled():
    """Neither begun nor gone on with for longer than a part; what was written is thrown away."""
    canceled, fetcher, bucket = FakeJobs(a_job(status=JobStatus.CANCELED)), Fetcher(), Bucket()
    with pytest.raises(JobFinishedError):
        fetch(FakeAssets(awaited(1), VOICE), bucket, fetcher, jobs=canceled)
    assert fetcher.asked == []
    jobs = FakeJobs(a_job())
    patient = Patient(jobs, 20)
    with pytest.raises(JobFinishedError):
        fetch(FakeAssets(awaited(1), VOICE), bucket, patient, jobs=jobs)
    assert 20 <= patient.written < 20 + CHECK_BYTES // 2**20
    assert bucket.objects == {}


def test_a_server_that_says_nothing_holds_nothing_up_that_nobody_waits_for():
    """Whoever fetches is given what to ask meanwhile."""
    jobs, bucket = FakeJobs(a_job()), Bucket()

    class Silent(Fetcher):
        def fetch(self, url, sink, *, max_bytes, within_s, check):
            check()
            jobs.release(jobs.get(a_job().id), status=JobStatus.CANCELED, error=None)
            check()
            raise AssertionError("it goes on")

    with pytest.raises(JobFinishedError):
        fetch(FakeAssets(awaited(1), VOICE), bucket, Silent(), jobs=jobs)
    assert bucket.objects == {}


PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><video src='/clip.mp4'>"


class Site(Fetcher):
    """A page, in small pieces, and the file that it shows."""

    def __init__(self, file: bytes = b"bytes") -> None:
        super().__init__()
        self.file = file

    def fetch(self, url, sink, *, max_bytes, within_s, check):
        self.asked.append((url, max_bytes))
        data = self.file if url.endswith("/shown.mp4") else PAGE
        for at in range(0, len(data), 10):
            sink.write(data[at : at + 10])


class Pages:
    """Knows where the file lies."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def media_url(self, url: str, *, is_picture: bool) -> str:
        self.asked.append((url, is_picture))
        return "https://media.example.com/shown.mp4"


@pytest.mark.fault(53)
def test_a_web_page_is_refused_where_pages_are_off():
    """By how it begins, before it is read to its end; the message says what is off."""
    bucket = Bucket()
    with pytest.raises(SourceIsPageError, match="not enabled here"):
        fetch(FakeAssets(awaited(1), VOICE), bucket, Site())
    assert bucket.objects == {}


def test_the_file_that_a_page_shows_is_fetched_where_pages_are_on():
    """In place of the page, and asked for by what the asset is for."""
    bucket, pages, site = Bucket(), Pages(), Site()
    fetch(FakeAssets(awaited(1), awaited(2)), bucket, site, pages=pages)
    assert bucket.objects == {awaited(1).key: b"bytes", awaited(2).key: b"bytes"}
    assert pages.asked == [(URL, True), (URL, False)]
    assert {limit for _, limit in site.asked} == {MAX_BYTES}


def test_a_page_that_shows_a_page_shows_nothing():
    """Nobody goes on for ever."""
    bucket = Bucket()
    with pytest.raises(PageWithoutMediaError):
        fetch(FakeAssets(awaited(1), VOICE), bucket, Site(PAGE), pages=Pages())
    assert bucket.objects == {}


def test_an_asset_that_was_deleted_meanwhile_fails_the_job():
    """There is nothing to fetch for."""
    with pytest.raises(AssetNotFoundError):
        fetch(FakeAssets(VOICE), Bucket(), Fetcher())


def test_the_moment_of_a_promise_is_the_jobs_own():
    """It leaves a day and another later, when nothing came."""
    assets = FakeAssets(VOICE)
    asset = assets.get(create(assets, source_url=URL).source_id)
    assert asset.created_at == NOW
    assert (asset.upload_expires_at - NOW).days == 1
