"""A job's end while its hold is topped up: the end holds, and the larger hold is released with it."""

import pytest

from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import ConcurrentChangeError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import totals
from tests.support.builders import ACCOUNT
from tests.support.money_world import World


@pytest.mark.parametrize("status", [JobStatus.CANCELED, JobStatus.FAILED])
def test_an_end_that_read_before_a_top_up_ends_the_job_all_the_same(status):
    """Whoever cancels or fails has read the job with its smaller hold."""
    world = World()
    world.grant(60_000, "first")
    read = world.create(2)
    world.jobs.extend_hold(read, Millicredits(1_500))
    assert world.jobs.release(read, status=status, error=None)
    assert world.jobs.get(read.id).status is status
    assert totals(world.ledger.entries(ACCOUNT)).held == 0
    assert world.findings() == []


def test_a_step_that_read_before_a_top_up_takes_nothing_of_it_back():
    """It is run again, and goes on from the larger hold; one that comes after the end is told so."""
    world = World()
    world.grant(60_000, "first")
    read = world.create(2)
    larger = world.jobs.extend_hold(read, Millicredits(1_500))
    rendering = {"status": JobStatus.VALIDATING}
    with pytest.raises(ConcurrentChangeError):
        world.jobs.advance(read.model_copy(update=rendering))
    assert world.jobs.get(read.id).held_millicredits == larger.held_millicredits
    assert world.jobs.advance(larger.model_copy(update=rendering))
    assert world.findings() == []
    world.cancel(read.id)
    assert not world.jobs.advance(larger.model_copy(update=rendering))
    assert world.findings() == []


def test_an_end_is_told_once():
    """A second one finds the job ended, topped up or not."""
    world = World()
    world.grant(60_000, "first")
    read = world.create(2)
    world.jobs.extend_hold(read, Millicredits(1_500))
    assert world.jobs.release(read, status=JobStatus.CANCELED, error=None)
    assert not world.jobs.release(read, status=JobStatus.CANCELED, error=None)


def test_rows_of_another_kind_are_nobodys_job_and_nobodys_batch():
    """They share a table; an id of the other kind answers as one that nothing has."""
    world = World()
    world.grant(60_000, "first")
    batch, job = world.create_batch([2]), world.create(2)
    assert world.jobs.get(batch.id) is None
    assert world.batches.get(job.id) is None
