"""How long a step may fetch."""

from contextlib import nullcontext

import pytest

from lipwire.domain.errors import BusyError
from lipwire.domain.options import JobOptions
from tests.support.builders import a_job
from tests.support.fakes import FakeAssets, FakeClock, FakeJobs
from tests.unit.usecases.test_sources_by_url import (
    PAGE,
    URL,
    VOICE,
    Bucket,
    Fetcher,
    Pages,
    awaited,
    fetch,
)
from workflow.specs import FETCH_SOURCES


class Slow(Fetcher):
    """Takes its time, which the step's clock knows."""

    def __init__(self, clock: FakeClock, *takes: float) -> None:
        super().__init__()
        self.clock, self.takes = clock, list(takes)
        self.allowed: list[float] = []

    def fetch(self, url, sink, *, max_bytes, within_s, check):
        self.allowed.append(within_s)
        self.clock.sleep(self.takes.pop(0))
        sink.write(PAGE if url == URL and len(self.allowed) == 1 else b"bytes")


def test_a_page_and_the_file_that_it_shows_share_the_time_of_one_fetch():
    """Else one file could take longer than its lease, and the step longer than its function runs."""
    clock = FakeClock()
    slow = Slow(clock, 60, 1)
    fetch(FakeAssets(awaited(1), VOICE), Bucket(), slow, pages=Pages(), clock=clock)
    assert slow.allowed == [200, 140]


def test_no_fetch_begins_that_could_outlive_the_step():
    """It is tried again, and what lies there by then is not fetched anew."""
    clock, bucket = FakeClock(), Bucket()
    job = a_job(options=JobOptions(second_speech_id=awaited(3).id, mask_id=awaited(4).id))
    assets = FakeAssets(*(awaited(number, url=f"{URL}{number}") for number in range(1, 5)))
    with pytest.raises(BusyError):
        fetch(assets, bucket, Slow(clock, *[199] * 4), jobs=FakeJobs(job), clock=clock)
    assert len(bucket.objects) == 2
    again = Slow(clock, 199, 199)
    fetch(assets, bucket, again, jobs=FakeJobs(job), clock=clock)
    assert (len(bucket.objects), again.allowed) == (4, [200, 200])


@pytest.mark.parametrize(("begins_s", "is_late"), [(350, False), (351, True)])
def test_a_step_has_time_for_two_texts_after_its_latest_fetch(begins_s, is_late):
    """The latest fetch may follow a page, and a call of who speaks ends after 125 s."""
    clock, bucket = FakeClock(), Bucket()
    job = a_job(source_id=awaited(1).id, speech_id=awaited(2).id)
    assets = FakeAssets(*(awaited(number, url=f"{URL}{number}") for number in (1, 2)))
    with pytest.raises(BusyError) if is_late else nullcontext():
        fetch(assets, bucket, Slow(clock, begins_s, 1), jobs=FakeJobs(job), clock=clock)
    assert len(bucket.objects) == (1 if is_late else 2)
    assert FETCH_SOURCES.timeout_s >= 350 + 95 + 200 + 2 * 125
