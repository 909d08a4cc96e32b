"""What becomes of a batch at its end: it is told, whatever was lost, and leaves nothing that was made for nothing."""

from copy import deepcopy

import pytest

from lipwire.domain.batches import Stop
from lipwire.domain.commands import CreateJob
from schedules.repair_ledger import handler as repair
from tests.support.batch_stage import BY_URL, PAIR, Stage
from tests.support.builders import ACCOUNT
from tests.support.memory_dynamodb import Fault
from tests.support.messages import Context
from tests.support.money_world import SOURCE, VOICES

pytestmark = pytest.mark.usefixtures("small")


def by_urls(count):
    """Lines whose sources lie at different URLs."""
    return [
        CreateJob(source_url=f"https://a.test/{number}.mp4", speech_id=VOICES[2].id)
        for number in range(count)
    ]


def assets(stage):
    """What there is beside what the account had uploaded before."""
    there = {pk for (pk,) in stage.world.dynamodb.tables["assets"]}
    return there - {SOURCE.id, *(one.id for one in VOICES.values())}


def test_an_asset_of_a_line_that_cannot_be_paid_leaves_with_the_batch():
    """It was made just before its job, which was not; those of jobs that were made stay."""
    price = Stage().ask(*by_urls(2)).jobs[0].job.held_millicredits
    stage = Stage(room=9, credits=4 * price)
    stage.create(*by_urls(4))
    stage.world.ledger.adjust(
        ACCOUNT, 1 - 2 * price, adjust_id="spent", note="", at=stage.world.clock.now()
    )
    stage.hear()
    made = sorted(stage.world.limits.active(ACCOUNT))
    assert (len(made), len(assets(stage))) == (2, 4)
    for job_id in made:
        stage.world.fail(job_id)
    stage.world.ledger.adjust(
        ACCOUNT, -2 * price, adjust_id="more", note="", at=stage.world.clock.now()
    )
    stage.hear(made[0])
    assert stage.batch.stopped is Stop.INSUFFICIENT_CREDITS
    assert assets(stage) == {stage.world.jobs.get(job_id).source_id for job_id in made}


@pytest.mark.parametrize("fault", [None, *Fault])
def test_what_lines_shared_with_jobs_that_were_deleted_leaves_with_the_batch(fault):
    """Kept for the lines that waited, and needed by nobody once they are called off; a repeat goes on where one died."""
    stage = Stage(room=2)
    stage.create(*[BY_URL] * 4)
    stage.hear()
    for job_id in stage.batch.made_ids:
        stage.world.fail(job_id)
        stage.erase(job_id)
    (source,) = assets(stage)
    # The batch is stopped, told, and its asset deleted: each of these may die.
    begin = len(stage.world.dynamodb.writes)
    stage.world.dynamodb.faults = {begin + n: fault for n in (1, 4)} if fault else {}
    while not stage.world.attempt(stage.cancel, stage.batch.id):
        pass
    stage.world.dynamodb.faults = {}
    assert stage.world.assets.get(source) is None
    stage.world.publish()
    assert stage.world.outside.events.count("AssetDeleted") == 1
    assert (stage.lines.rows, stage.world.batches.open(ACCOUNT)) == ({}, ())


@pytest.mark.parametrize("who", ["a job of the batch", "another job", "another batch"])
def test_what_somebody_else_names_stays(who):
    """As does what the account uploaded itself."""
    stage = Stage(room=3)
    batch = stage.create(*[BY_URL] * 5).batch
    stage.hear()
    first, *others = stage.world.batches.get(batch.id).made_ids
    source = stage.world.jobs.get(first).source_id
    named = {"source_id": source, "speech_id": VOICES[2].id}
    for job_id in (first, *others):
        stage.world.fail(job_id)
    if who == "another job":
        stage.world.create(**named)
    if who == "another batch":
        stage.ask(*[CreateJob(**named)] * 3)
    for job_id in (first, *others) if who != "a job of the batch" else others:
        stage.erase(job_id)
    stage.cancel(batch.id)
    assert assets(stage) == {source}
    assert stage.world.assets.get(VOICES[2].id) is not None


def test_a_batch_that_is_called_off_while_a_line_is_made_leaves_nothing_of_it():
    """Between its asset and its job, by a call that has ended it, file and all, before this one goes on."""
    stage = Stage(room=1)
    batch = stage.create(*by_urls(3)).batch
    number = len(stage.world.dynamodb.writes) + 1
    stage.world.dynamodb.faults = {number: lambda: stage.cancel(batch.id)}
    stage.hear()
    assert stage.jobs == []
    assert assets(stage) == set()


def test_what_waiting_lines_name_is_read_from_the_batches_themselves(monkeypatch):
    """No index, which lags: from its acceptance until the last line is made, or called off."""
    stage = Stage(room=2)

    def refuse(*_, **__):
        raise AssertionError("an index was asked")

    monkeypatch.setattr(stage.world.dynamodb, "get_paginator", refuse)

    def awaits():
        return [stage.world.batches.awaits(ACCOUNT, one) for one in (SOURCE.id, "ast_other")]

    assert awaits() == [False, False]
    first = stage.ask(*[PAIR] * 3).batch
    assert awaits() == [True, False]
    stage.hear()
    assert awaits() == [True, False]
    stage.world.batches.stop(stage.world.batches.get(first.id), Stop.CANCELED)
    assert awaits() == [False, False]
    for job_id in stage.world.limits.active(ACCOUNT):
        stage.world.fail(job_id)
    stage.hear()
    stage.ask(*[PAIR] * 3)
    assert awaits() == [True, False]
    stage.hear()
    while stage.end_one():
        pass
    assert awaits() == [False, False]


@pytest.mark.parametrize("lines", [1, 3])
def test_an_end_of_which_the_event_was_lost_is_told_by_the_clock(lines):
    """Of a small batch and of a large one: once all have ended, and once, also where the event comes late."""
    stage = Stage(room=3)
    stage.create(*[PAIR] * lines)
    stage.hear()
    job_ids = stage.batch.made_ids
    assert len(job_ids) == lines
    for job_id in job_ids:
        assert stage.sweep().told == 0
        stage.world.fail(job_id)
    assert [stage.sweep().told for _ in range(2)] == [1, 0]
    stage.hear(job_ids[-1])
    stage.world.publish()
    assert stage.world.outside.events.count("BatchCompleted") == 1
    assert stage.batch.totals == {"failed": lines}
    assert stage.world.batches.untold(ACCOUNT) == ()


def test_of_the_clock_and_a_late_event_one_tells():
    """The event is heard just before the clock's write."""
    stage = Stage()
    stage.create(PAIR)
    (job_id,) = stage.batch.job_ids
    stage.world.fail(job_id)
    number = len(stage.world.dynamodb.writes)
    stage.world.dynamodb.faults = {number: lambda: stage.hear(job_id)}
    assert stage.sweep().told == 0
    stage.world.publish()
    assert stage.world.outside.events.count("BatchCompleted") == 1
    assert stage.world.batches.untold(ACCOUNT) == ()


def test_a_batch_whose_row_has_left_is_told_of_no_more():
    """It is not asked for again."""
    stage = Stage()
    batch = stage.create(PAIR).batch
    del stage.world.dynamodb.tables["jobs"][batch.id,]
    assert stage.sweep().told == 0
    assert stage.world.batches.untold(ACCOUNT) == ()


def test_what_the_clock_does_beside_is_not_held_up(monkeypatch):
    """Batches, fetches and holds are each looked at, and what was in the way of any is raised."""
    looked_at = []

    def failing(name):
        def act(*_, **__):
            looked_at.append(name)
            raise ConnectionError(name)

        return act

    for name in ("reconcile_and_tell", "end_lost_fetches", "refill_batches"):
        monkeypatch.setattr(repair, name, failing(name))
    monkeypatch.setattr(repair, "lambda_app", lambda: Stage().world)
    with pytest.raises(ConnectionError):
        repair.handler({}, Context())
    assert looked_at == ["reconcile_and_tell", "end_lost_fetches", "refill_batches"]


def test_a_job_that_was_made_just_now_keeps_its_source(monkeypatch):
    """The list of jobs does not know it yet when the first ones of the batch are deleted."""
    stage = Stage(room=2)
    stage.create(*[BY_URL] * 4)
    stage.hear()
    dynamodb, first = stage.world.dynamodb, list(stage.batch.made_ids)
    for job_id in first:
        stage.world.fail(job_id)
    lagging = deepcopy(dynamodb.tables["jobs"])
    stage.hear(first[-1])
    assert stage.batch.waiting == 0
    listed = dynamodb.get_paginator

    class Lagging:
        """Pages of the jobs as they were before the last ones were made."""

        def __init__(self, operation):
            self._pages = listed(operation)

        def paginate(self, **query):
            with monkeypatch.context() as patch:
                patch.setitem(dynamodb.tables, "jobs", lagging)
                return list(self._pages.paginate(**query))

    monkeypatch.setattr(dynamodb, "get_paginator", Lagging)
    for job_id in first:
        stage.erase(job_id)
    sources = {stage.world.jobs.get(one).source_id for one in stage.batch.made_ids[2:]}
    assert len(sources) == 1
    assert sources <= assets(stage)
