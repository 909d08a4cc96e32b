"""The transition table of jobs."""

import pytest

from lipwire.domain.jobs import NEXT, OPEN, JobStatus, before


def test_every_open_job_can_fail_and_be_canceled():
    """No status is a trap: the failure lane and a cancel always reach it."""
    for status in OPEN:
        assert {JobStatus.FAILED, JobStatus.CANCELED} <= NEXT[status]


@pytest.mark.parametrize("status", [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED])
def test_an_ended_job_stays_ended(status):
    """No transition leaves a final status."""
    assert NEXT[status] == frozenset()


def test_only_a_rendering_job_can_succeed():
    """Nothing is settled that was not rendered."""
    assert before(JobStatus.SUCCEEDED) == {JobStatus.RENDERING}
