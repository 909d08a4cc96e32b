"""Into how many parts, and which frames are whose."""

import pytest

from lipwire.domain.jobs import JobStatus
from lipwire.domain.shards import ShardCut, shard_count
from tests.support.builders import a_job


@pytest.mark.parametrize(
    ("longest_ms", "parts"),
    [(0, 1), (45_000, 1), (67_500, 1), (67_501, 2), (90_001, 3), (600_000, 14), (10**7, 20)],
)
def test_long_outputs_are_cut_and_short_ones_are_not(longest_ms, parts):
    """Up to half as long again as a part is one render; there is an end to cutting."""
    assert shard_count(longest_ms, shard_ms=45_000) == parts


def test_every_moment_belongs_to_one_part():
    """From the first to beyond any length that was guessed."""
    spans = ShardCut(seams=(4000, 9000), analysis_key="a").spans()
    assert spans[:2] == ((0, 4000), (4000, 9000))
    assert spans[2][0] == 9000
    assert spans[2][1] > 24 * 3600 * 1000


def test_a_job_is_as_far_as_its_parts_are_on_average():
    """One that has not spoken yet counts as nothing; what was reached before the parts stays."""
    job = a_job(status=JobStatus.RENDERING, shards=4, progress=25)
    assert job.model_copy(update={"shard_progress": {"0": 60}}).percent == 25
    assert job.model_copy(update={"shard_progress": {"0": 60, "3": 96}}).percent == 39
    assert job.model_copy(update={"progress": 97, "shard_progress": {"0": 60}}).percent == 97
