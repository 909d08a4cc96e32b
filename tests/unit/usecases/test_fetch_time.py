"""How long a step may fetch."""

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


class Slow(Fetcher):
    """Takes its time, which the step's clock knows."""

    def __init__(self, clock: FakeClock, *takes: float) -> None:
        super().__init__()
        self.clock, self.takes = clock, list(takes)
        self.allowed: list[float] = []

    def fetch(self, url, sink, *, max_bytes, within_s):
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
    assert len(bucket.objects) == 3
    again = Slow(clock, 199)
    fetch(assets, bucket, again, jobs=FakeJobs(job), clock=clock)
    assert (len(bucket.objects), again.allowed) == (4, [200])
