"""Several jobs at once: by their ids, or the newest in some statuses; batches as they stand; assets of a kind."""

from datetime import timedelta
from types import SimpleNamespace

from lipwire.domain.batches import Batch, BatchProgress
from lipwire.domain.commands import FindBatches, FindJobs
from lipwire.domain.commands_uploads import ListAssets
from lipwire.domain.jobs import JobStatus
from lipwire.domain.media import MediaKind
from lipwire.domain.views import Page
from lipwire.usecases.find_batches import find_batches
from lipwire.usecases.find_jobs import find_jobs
from lipwire.usecases.list_assets import list_assets
from tests.support.builders import (
    ACCOUNT,
    NOW,
    a_caller,
    a_job,
    an_asset,
    image_info,
    video_info,
)
from tests.support.fakes import FakeClock, FakeJobs


def numbered(number, **changes):
    """A job with that number."""
    return a_job(id=f"job_{number:026d}", **changes)


QUEUED, DONE = numbered(1, status=JobStatus.QUEUED), numbered(2, status=JobStatus.SUCCEEDED)
FOREIGN = numbered(3, account_id=f"acct_{'9' * 26}")
OLD = numbered(4, status=JobStatus.FAILED)


class PagedJobs(FakeJobs):
    """Two pages."""

    def list(self, account_id, *, status, limit, cursor):
        return Page((OLD,), None) if cursor else Page((QUEUED, DONE), "more")


def found(**wanted):
    """The numbers of those jobs."""
    views = find_jobs(
        FindJobs(**wanted),
        a_caller(),
        jobs=PagedJobs(QUEUED, DONE, FOREIGN, OLD),
        results=SimpleNamespace(sign=lambda *_, **__: ""),
        clock=FakeClock(),
    )
    return [int(view.job.id[-1]) for view in views]


def test_by_ids_in_their_order_and_nobody_elses():
    """An id twice is one job; statuses count too."""
    ids = (OLD.id, FOREIGN.id, QUEUED.id, OLD.id, f"job_{'8' * 26}")
    assert found(ids=ids) == [4, 1]
    assert found(ids=ids, statuses=(JobStatus.FAILED,)) == [4]


def test_the_newest_over_all_pages_of_any_status_or_some():
    """In the order they are listed."""
    assert found() == [1, 2, 4]
    assert found(statuses=(JobStatus.FAILED, JobStatus.QUEUED)) == [1, 4]


def test_batches_of_a_time_and_a_status():
    """A status is that of the jobs as they stand."""
    made = [
        Batch(id=f"bat_{n:026d}", account_id=ACCOUNT, job_ids=(job.id,), created_at=at)
        for n, (job, at) in enumerate([(QUEUED, NOW), (DONE, NOW - timedelta(days=2))])
    ]
    jobs = dict(zip([one.id for one in made], [QUEUED, DONE], strict=True))
    store = SimpleNamespace(
        list=lambda *_, **__: Page(tuple(made), None), jobs=lambda batch: (jobs[batch.id],)
    )

    def ids(**wanted):
        views = find_batches(FindBatches(**wanted), a_caller(), batches=store)
        return [view.batch.id for view in views]

    new, old = (one.id for one in made)
    assert ids() == [new, old]
    assert ids(since=NOW - timedelta(days=1)) == [new]
    assert ids(until=NOW - timedelta(days=1)) == [old]
    assert ids(progress=(BatchProgress.ENDED,)) == [old]
    assert ids(progress=(BatchProgress.WAITING,)) == [new]
    assert ids(progress=()) == []


def test_batches_of_a_time_may_lie_behind_newer_ones():
    """20 such are looked for among the last 100."""
    made = [
        Batch(
            id=f"bat_{n:026d}",
            account_id=ACCOUNT,
            job_ids=(DONE.id,),
            created_at=NOW - timedelta(hours=n),
        )
        for n in range(120)
    ]

    def pages(_account_id, *, limit, cursor):
        begin = int(cursor or 0)
        return Page(tuple(made[begin : begin + limit]), str(begin + limit))

    store = SimpleNamespace(list=pages, jobs=lambda _batch: (DONE,))

    def ids(hours):
        wanted = FindBatches(until=NOW - timedelta(hours=hours))
        return [one.batch.id for one in find_batches(wanted, a_caller(), batches=store)]

    assert ids(0) == [one.id for one in made[:20]]
    assert ids(50) == [one.id for one in made[50:70]]
    assert ids(95) == [one.id for one in made[95:100]]


def test_assets_of_a_kind_and_a_name():
    """What has not been looked into is of no kind yet."""
    video = an_asset(1, filename="My Clip.mp4", media=video_info())
    image = an_asset(2, filename="me.png", media=image_info())
    unseen = an_asset(3, filename="clip.mov")
    store = SimpleNamespace(list=lambda *_, **__: Page((video, image, unseen), "more"))

    def ids(**wanted):
        page = list_assets(ListAssets(**wanted), a_caller(), assets=store)
        assert page.next_cursor == "more"
        return [int(asset.id[-1]) for asset in page.items]

    assert ids() == [1, 2, 3]
    assert ids(kinds=(MediaKind.VIDEO,)) == [1]
    assert ids(name_part="CLIP") == [1, 3]
