"""Batches that are larger than a transaction: each line becomes one job, whatever dies in between."""

from collections import Counter
from io import BytesIO
from types import SimpleNamespace

import pytest

from lipwire.adapters.s3_batches import S3BatchLines
from lipwire.domain.batches import MAX_LINES, BatchProgress, Stop, counts, progress_of
from lipwire.domain.ledger import by_job
from tests.support.batch_stage import BY_URL, PAIR, Stage
from tests.support.builders import ACCOUNT
from tests.support.memory_dynamodb import Fault


def lived(jobs, *, at=None, fault=None):
    """A batch to its end, with that fault of that write."""
    stage = Stage()
    dynamodb = stage.world.dynamodb
    begin = len(dynamodb.writes)
    dynamodb.faults = {} if fault is None else {begin + at: fault}
    stage.create(*jobs)
    stage.hear()
    while stage.end_one():
        pass
    dynamodb.faults = {}
    return stage, len(dynamodb.writes) - begin


FIVE = (PAIR, BY_URL, PAIR, BY_URL, PAIR)
WRITES = 15


@pytest.mark.usefixtures("small")
def test_there_are_as_many_writes_as_are_killed():
    """The parameters below are all of them."""
    assert lived(FIVE)[1] == WRITES


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("at", range(WRITES))
def test_each_line_becomes_one_job_whatever_dies(at):
    """One job, one hold, one end, one start for each line; told once that all have ended; nothing is left of the file."""
    for fault in Fault:
        stage, _ = lived(FIVE, at=at, fault=fault)
        world = stage.world
        assert world.findings() == []
        assert world.ledger.totals(ACCOUNT).held == 0
        if (at, fault) in {(0, Fault.CRASH_BEFORE), (0, Fault.CRASH_AFTER), (0, Fault.LOST)} or (
            (at, fault) == (1, Fault.CRASH_BEFORE)
        ):
            # Nobody repeats a request for the customer: it died before its transaction.
            assert stage.jobs == []
            continue
        batch = stage.batch
        assert sorted(job.id for job in stage.jobs) == sorted(batch.job_ids)
        money = by_job(world.ledger.entries(ACCOUNT))
        assert Counter(len(one.ends) for one in money.values()) == {1: 5}
        world.publish()
        assert Counter(world.outside.started) == dict.fromkeys(batch.job_ids, 1)
        assert world.outside.events.count("BatchCompleted") == 1
        assert (batch.waiting, batch.totals) == (0, {"failed": 5})
        assert len({job.source_id for job in stage.jobs}) == 2
        assert world.batches.open(ACCOUNT) == ()
        assert stage.lines.rows == {}


@pytest.mark.usefixtures("small")
def test_no_more_jobs_are_made_than_the_plan_has_room_for():
    """In their order; the next begins when one has ended, also one of no batch."""
    stage = Stage(room=3)
    alone = stage.world.create()
    view = stage.create(*[PAIR] * 5)
    assert (view.jobs, view.batch.waiting) == ((), 5)
    assert progress_of(view.batch, []) is BatchProgress.WAITING
    stage.hear()
    assert {job.id for job in stage.jobs} == {alone.id, *view.batch.job_ids[:2]}
    stage.world.fail(alone.id)
    stage.hear(alone.id)
    batch = stage.batch
    assert (batch.made_ids, batch.waiting) == (view.batch.job_ids[:3], 2)
    assert counts(batch, stage.world.batches.jobs(batch)) == {"queued": 5}
    stage.end_one()
    assert progress_of(stage.batch, stage.world.batches.jobs(stage.batch)) is BatchProgress.WORKING


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("plan", "made"), [(1, 1), (2, 1), (4, 3)])
def test_one_place_of_several_is_left_to_other_jobs(plan, made):
    """While a large batch takes the rest for hours; a plan with one place has none to leave."""
    stage = Stage(plan=plan)
    stage.create(*[PAIR] * 5)
    stage.hear()
    assert len(stage.world.limits.active(ACCOUNT)) == made


@pytest.mark.usefixtures("small")
def test_a_job_that_was_deleted_is_not_made_again():
    """How many were made is counted, not looked up."""
    stage = Stage()
    stage.create(*[PAIR] * 4)
    stage.hear()
    first = stage.world.jobs.get(stage.batch.job_ids[0])
    stage.world.fail(first.id)
    stage.world.jobs.delete(first)
    stage.hear(first.id)
    while stage.end_one():
        pass
    assert len(stage.jobs) == 3
    assert stage.batch.totals == {"failed": 3, "deleted": 1}


@pytest.mark.usefixtures("small")
def test_canceling_ends_what_works_and_makes_nothing_more():
    """A fill that comes after it makes nothing; it has completed, and is told of."""
    stage = Stage()
    view = stage.create(*[PAIR] * 5)
    stage.hear()
    stage.end_one()
    world = stage.world
    for _ in range(2):
        canceled = stage.cancel(view.batch.id)
    stage.hear()
    assert canceled.batch.totals == stage.batch.totals == {"failed": 1, "canceled": 4}
    assert world.ledger.totals(ACCOUNT).held == 0
    assert (stage.lines.rows, world.batches.open(ACCOUNT), world.findings()) == ({}, (), [])


@pytest.mark.usefixtures("small")
def test_nothing_is_made_for_a_closed_account_or_without_the_file():
    """The rest is over, and says why."""
    stage = Stage()
    stage.create(*[PAIR] * 5)
    stage.world.accounts.close(ACCOUNT, by=None, at=stage.world.clock.now())
    stage.hear()
    assert (stage.jobs, stage.batch.stopped) == ([], Stop.ACCOUNT_CLOSED)
    late = Stage()
    late.create(*[PAIR] * 5)
    late.lines.rows.clear()
    late.hear()
    assert (late.jobs, late.batch.stopped) == ([], Stop.EXPIRED)
    assert late.batch.totals == {"failed": 5}


def test_the_largest_batch_is_made_in_transactions_that_fit():
    """500 lines, and room for all of them."""
    stage = Stage(room=1000, credits=10**9)
    dynamodb, sizes = stage.world.dynamodb, []
    write = dynamodb.transact_write_items

    def counted(**request):
        sizes.append(len(request["TransactItems"]))
        return write(**request)

    dynamodb.transact_write_items = counted
    view = stage.create(*[PAIR] * MAX_LINES)
    assert max(sizes) < 10
    stage.hear()
    assert max(sizes) <= 100
    assert len(stage.world.limits.active(ACCOUNT)) == MAX_LINES
    jobs = stage.world.batches.jobs(stage.batch)
    assert tuple(job.id for job in jobs) == view.batch.job_ids
    assert progress_of(stage.batch, jobs) is BatchProgress.MADE


@pytest.mark.usefixtures("small")
def test_the_file_lies_below_its_account_and_is_read_as_it_was_written():
    """Key and content."""
    stage = Stage()
    view = stage.ask(*FIVE)
    objects = {}

    class Bucket:
        """The calls that are made."""

        def put_object(self, **put):
            objects[put["Key"]] = put["Body"]

        def get_object(self, **get):
            return {"Body": BytesIO(objects[get["Key"]])}

        def get_paginator(self, _name):
            rows = [{"Key": key, "VersionId": "1"} for key in objects]
            return SimpleNamespace(paginate=lambda **_: [{"Versions": rows}])

        def delete_objects(self, **delete):
            for one in delete["Delete"]["Objects"]:
                del objects[one["Key"]]
            return {}

    kept, lines = S3BatchLines(Bucket(), bucket="work"), stage.lines.get(view.batch)
    kept.put(view.batch, lines)
    assert list(objects) == [f"batches/{ACCOUNT}/{view.batch.id}.json"]
    assert kept.get(view.batch) == lines
    kept.delete(view.batch)
    assert objects == {}
