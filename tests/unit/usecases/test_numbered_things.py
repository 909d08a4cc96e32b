"""Things that a client knows by numbers: made, found, listed by pages, and nobody else's."""

from datetime import timedelta

import pytest

from lipwire.adapters.memory_limits import MemoryLimits
from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands import CreateJob, GetJob, ListJobPages
from lipwire.domain.commands_uploads import CreateUpload, GetAsset, GiveUpUpload, ListAssetPages
from lipwire.domain.errors import (
    AssetNotFoundError,
    IdTakenError,
    InvalidOptionError,
    InvalidRequestError,
    JobNotFoundError,
    RejectedMediaError,
)
from lipwire.domain.numbers import OwnNumber, number_of, numbered
from lipwire.domain.views import Balance
from lipwire.usecases.create_job import create_job
from lipwire.usecases.create_upload import create_upload
from lipwire.usecases.get_asset import get_asset
from lipwire.usecases.get_job import get_job
from lipwire.usecases.give_up_upload import give_up_upload
from lipwire.usecases.list_asset_pages import list_asset_pages
from lipwire.usecases.list_job_pages import list_job_pages
from tests.support.builders import ACCOUNT, a_caller, a_job, an_asset, video_info, voice_info
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeUploads,
)
from tests.support.fakes_consents import FakeConsents

STRANGER = a_caller(id=f"acct_{'0' * 25}9")
VOICE = an_asset(2, media=voice_info(), silent=False)


class Ledger:
    """What an account owns."""

    def balance(self, account_id):
        return Balance(balance=100_000, held=1_500)


class Desk:
    """Stores of one account, and what is asked of them."""

    def __init__(self, *assets):
        self.assets, self.jobs, self.ids = FakeAssets(VOICE, *assets), FakeJobs(), FakeIds()

    def upload(self, **echo):
        command = CreateUpload(
            filename="a.mp4",
            content_type="video/mp4",
            size_bytes=9,
            is_numbered=True,
            echo=echo,
        )
        signing = type("Signing", (), {"sign_put": lambda *_, **__: "https://media.test/u"})()
        parts = {"uploads": signing, "clock": FakeClock(), "ids": self.ids, "source_urls": AnyUrl}
        return create_upload(command, a_caller(), assets=self.assets, **parts).asset

    def job(self, **command):
        return create_job(
            CreateJob.model_validate({"speech_id": VOICE.id, "is_numbered": True} | command),
            a_caller(),
            jobs=self.jobs,
            ledger=Ledger,
            consents=FakeConsents(),
            consent_required=False,
            assets=self.assets,
            uploads=FakeUploads(),
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            source_urls=AnyUrl(),
            clock=FakeClock(),
            ids=self.ids,
        )

    def find(self, job_id, caller=None, source_id=None):
        command = GetJob(job_id=job_id, source_id=source_id)
        parts = {"results": None, "limiter": MemoryLimits(), "clock": FakeClock()}
        return get_job(command, caller or a_caller(), jobs=self.jobs, **parts).job


def own(thing):
    """Its number, as a client says it."""
    return OwnNumber(number=number_of(thing.id, ACCOUNT))


def test_an_upload_and_a_job_are_found_by_their_numbers():
    """By who made them; to anybody else the same numbers say nothing."""
    desk = Desk()
    shot = desk.upload()
    job = desk.job(source_id=own(shot)).job
    assert job.source_id == shot.id
    assert get_asset(GetAsset(asset_id=own(shot)), a_caller(), assets=desk.assets) == shot
    assert desk.find(own(job)) == desk.find(own(job), source_id=own(shot)) == job
    with pytest.raises(AssetNotFoundError):
        get_asset(GetAsset(asset_id=own(shot)), STRANGER, assets=desk.assets)
    with pytest.raises(JobNotFoundError):
        desk.find(own(job), STRANGER)
    with pytest.raises(InvalidRequestError, match="source"):
        desk.job(source_id=OwnNumber(number=5))


def test_a_job_of_another_source_is_not_found_below_this_one():
    """Two shots, two jobs."""
    desk = Desk()
    shots = [desk.upload(), desk.upload()]
    jobs = [desk.job(source_id=own(shot)).job for shot in shots]
    assert len({job.id for job in jobs}) == 2
    with pytest.raises(JobNotFoundError):
        desk.find(own(jobs[0]), source_id=own(shots[1]))


def test_what_is_fetched_for_a_numbered_job_is_numbered_too():
    """So that its answers can name it."""
    job = Desk().job(source_url="https://media.test/v.mp4").job
    assert number_of(job.source_id, ACCOUNT) is not None


@pytest.mark.parametrize(("frame", "trim_ms"), [(0, None), (1, 40), (24, 960)])
def test_a_first_frame_is_where_the_clip_is_trimmed(frame, trim_ms):
    """By the source's own rate."""
    job = Desk(an_asset(1, media=video_info())).job(source_id=an_asset(1).id, first_frame=frame).job
    assert job.options.trim_start_ms == trim_ms


def test_a_first_frame_waits_for_the_rate():
    """What has not been looked into has none yet."""
    with pytest.raises(InvalidOptionError, match="not known yet"):
        Desk(an_asset(1)).job(source_id=an_asset(1).id, first_frame=3)


def test_the_answer_says_what_is_left_where_it_should():
    """What was available before, less what this job holds."""
    desk = Desk(an_asset(1, media=video_info()))
    shown = desk.job(source_id=an_asset(1).id, shows_available=True)
    assert shown.available == 98_500 - shown.job.held_millicredits
    assert desk.job(source_id=an_asset(1).id).available is None


def test_an_upload_that_is_given_up_is_refused_from_then_on():
    """As often as it is said; what had arrived stays."""
    desk = Desk()
    lost = desk.upload()
    parts = {"assets": desk.assets, "clock": FakeClock()}
    for _ in range(2):
        found = give_up_upload(GiveUpUpload(asset_id=lost.id), a_caller(), **parts)
        assert (found.status, found.problem.code) == (AssetStatus.REJECTED, "upload_failed")
    with pytest.raises(RejectedMediaError):
        desk.job(source_id=own(lost))
    kept = give_up_upload(GiveUpUpload(asset_id=VOICE.id), a_caller(), **parts)
    assert kept == VOICE
    with pytest.raises(AssetNotFoundError):
        give_up_upload(GiveUpUpload(asset_id=VOICE.id), STRANGER, **parts)


def test_pages_by_number_are_counted_and_newest_first():
    """Of 250 things those of one kind; a page beyond the last is empty."""
    assets = FakeAssets(
        *(an_asset(n, echo={"kind": "video" if n % 2 else "audio", "n": n}) for n in range(250)),
        an_asset(300, echo={"kind": "video"}, status=AssetStatus.AWAITING_UPLOAD),
        an_asset(302, echo={"kind": "video"}, status=AssetStatus.REJECTED, version_id=None),
        an_asset(301, echo={"kind": "video"}, account_id=STRANGER.account.id),
    )

    def page(number, per_page):
        command = ListAssetPages(echo={"kind": "video"}, page=number, per_page=per_page)
        found = list_asset_pages(command, a_caller(), assets=assets)
        return [one.echo["n"] for one in found.items], found.total

    assert page(1, 3) == ([249, 247, 245], 125)
    assert page(2, 3) == ([243, 241, 239], 125)
    assert page(13, 10) == ([9, 7, 5, 3, 1], 125)
    assert page(14, 10) == ([], 125)


def test_jobs_by_pages_are_those_of_one_dialect():
    """Among the account's last 500: older ones are not read."""
    jobs = FakeJobs(
        *(
            a_job(
                id=f"job_{n:026d}",
                terms={"dialect": "lipdub" if n % 100 == 0 else "native"},
                created_at=VOICE.created_at + timedelta(seconds=n),
            )
            for n in range(1, 701)
        )
    )
    command = ListJobPages(dialect="lipdub", page=1, per_page=2)
    found = list_job_pages(command, a_caller(), jobs=jobs, results=None, clock=FakeClock())
    assert [view.job.id for view in found.items] == [f"job_{n:026d}" for n in (700, 600)]
    assert found.total == 5


class SameMoment(FakeIds):
    """Ids of one millisecond: so many times the same one, then the next."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    def new(self, prefix):
        self.count += 1
        return f"{prefix}_{1 + max(0, self.count - self.times):026d}"


def test_a_number_that_is_taken_is_drawn_again():
    """Four draws of the same moment: the fifth is another; the client never sees it."""
    desk = Desk()
    desk.ids = SameMoment(5)
    first, second = desk.upload(), desk.upload()
    assert (desk.ids.count, len({first.id, second.id})) == (6, 2)
    assert desk.assets.get(first.id) == first


def test_a_number_that_stays_taken_is_refused_and_what_has_it_stays():
    """A job's own asset is withdrawn with it; one that was there before is none of its own."""
    desk = Desk()
    desk.ids = SameMoment(10**6)
    first = desk.upload()
    with pytest.raises(IdTakenError):
        desk.job(source_url="https://media.test/v.mp4")
    assert desk.assets.get(first.id) == first
    assert not desk.jobs.rows


def test_a_jobs_number_is_drawn_again_with_what_was_made_for_it():
    """The asset of the refused try leaves; money is held once."""
    desk = Desk()
    # The asset's id is drawn first, the job's second.
    taken = numbered(f"job_{2:026d}", ACCOUNT)
    desk.jobs.rows[taken] = a_job(id=taken)
    before, rows = desk.jobs.available, set(desk.assets.rows)
    made = desk.job(source_url="https://media.test/v.mp4").job
    assert set(desk.jobs.rows) == {taken, made.id}
    assert desk.jobs.available == before - made.held_millicredits
    assert set(desk.assets.rows) == rows | {made.source_id}
