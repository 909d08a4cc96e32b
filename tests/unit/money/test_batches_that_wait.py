"""Large batches that wait: for credits, for events, and what is kept for them meanwhile."""

import json
from io import BytesIO
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from consumers.close_batches import handler as consumer
from lipwire.adapters.dynamodb import limits
from lipwire.adapters.s3_batches import S3BatchLines
from lipwire.domain.batches import Stop
from lipwire.domain.errors import (
    BusyError,
    ConcurrentChangeError,
    InsufficientCreditsError,
    TooManyOpenBatchesError,
)
from lipwire.domain.events import JobFailed, envelope
from tests.support.batch_stage import BY_URL, PAIR, Stage
from tests.support.builders import ACCOUNT

pytestmark = pytest.mark.usefixtures("small")


def test_what_waiting_lines_name_outlives_the_jobs_that_name_it_too():
    """The only job that names the source is erased; the line after it still finds it, and the last takes it along."""
    stage = Stage(room=2)
    world = stage.world
    stage.create(*[BY_URL] * 4)
    stage.hear()

    def erase(number):
        job = world.jobs.get(stage.batch.job_ids[number])
        world.fail(job.id)
        stage.erase(job.id)
        return job

    source = erase(0).source_id
    assert erase(1).source_id == source
    assert world.assets.get(source) is not None
    stage.hear()
    assert stage.batch.waiting == 0
    erase(2)
    assert world.assets.get(source) is not None
    erase(3)
    assert world.assets.get(source) is None


def test_a_batch_whose_events_were_lost_is_filled_and_ended_by_the_clock():
    """Neither its acceptance nor the end of a job was heard; an account that can't be looked at holds up none."""
    stage = Stage(room=3)
    world = stage.world
    stage.create(*[PAIR] * 4)

    opened = world.limits.open_batches

    def some_open(account_id):
        if account_id == "acct_bad":
            raise ConnectionError
        return opened(account_id)

    world.limits.open_batches = some_open
    while stage.batch.waiting:
        found = stage.sweep("acct_bad")
        assert found.made > 0
        assert list(found.failures) == ["acct_bad"]
        for job_id in world.limits.active(ACCOUNT):
            world.fail(job_id)
    assert len(stage.jobs) == 4
    assert (world.batches.open(ACCOUNT), stage.lines.rows) == ((), {})
    assert stage.sweep().made == 0


def test_what_cannot_be_paid_any_more_is_not_made():
    """What is there when it is accepted may be spent by others since: the lines that can be paid are made."""
    price = Stage().ask(PAIR, PAIR).jobs[0].job.held_millicredits
    poor = Stage(credits=4 * price - 1)
    with pytest.raises(InsufficientCreditsError):
        poor.ask(*[PAIR] * 4)
    assert poor.lines.rows == {}
    stage = Stage(room=9, credits=4 * price)
    stage.create(*[PAIR] * 4)
    stage.world.ledger.adjust(
        ACCOUNT, 1 - 2 * price, adjust_id="spent", note="", at=stage.world.clock.now()
    )
    stage.hear()
    assert (len(stage.batch.made_ids), stage.batch.stopped) == (2, None)
    ended = sorted(stage.world.limits.active(ACCOUNT))
    for job_id in ended:
        stage.world.fail(job_id)
    stage.world.ledger.adjust(
        ACCOUNT, -2 * price, adjust_id="more", note="", at=stage.world.clock.now()
    )
    for job_id in ended:
        stage.hear(job_id)
    assert (len(stage.batch.made_ids), stage.batch.stopped) == (2, Stop.INSUFFICIENT_CREDITS)
    assert stage.batch.totals == {"failed": 4}
    assert stage.world.findings() == []


def test_what_a_job_holds_for_a_while_only_makes_the_rest_wait():
    """Its end gives it back, and all lines are made."""
    price = Stage().ask(PAIR, PAIR).jobs[0].job.held_millicredits
    stage = Stage(room=9, credits=4 * price)
    stage.create(*[PAIR] * 4)
    alone = stage.world.create()
    stage.hear()
    assert (len(stage.batch.made_ids), stage.batch.stopped) == (3, None)
    stage.world.fail(alone.id)
    stage.hear(alone.id)
    assert (stage.batch.waiting, stage.batch.stopped) == (0, None)


def test_what_open_batches_still_owe_is_not_there_for_the_next():
    """By as much as is not held yet; each line counts once, waiting or held."""
    price = Stage().ask(PAIR, PAIR).jobs[0].job.held_millicredits
    stage = Stage(room=3, credits=8 * price)
    stage.create(*[PAIR] * 5)
    for _ in range(2):
        with pytest.raises(InsufficientCreditsError):
            stage.ask(*[PAIR] * 4)
        stage.hear()
    assert stage.batch.owed == 2 * price
    assert stage.ask(*[PAIR] * 3).batch.owed == 3 * price


def test_a_file_that_cannot_be_read_holds_up_no_other_batch():
    """Its own batch is over and says why; the next is made."""
    stage = Stage(room=9)
    first, second = (stage.ask(*[PAIR] * 3).batch for _ in range(2))
    get = stage.lines.get

    def reading(batch):
        return (
            S3BatchLines(Spoiled(), bucket="work").get(batch)
            if batch.id == first.id
            else get(batch)
        )

    stage.lines.get = reading
    stage.hear()
    bad, good = (stage.world.batches.get(one.id) for one in (first, second))
    assert (bad.stopped, bad.totals) == (Stop.UNREADABLE, {"failed": 3})
    assert (good.stopped, len(good.made_ids)) == (None, 3)


class Spoiled:
    """A bucket whose object is cut off."""

    def get_object(self, **_):
        return {"Body": BytesIO(b'[{"job": {')}


def test_the_news_of_an_end_does_not_wait_for_what_is_in_the_way_of_filling(monkeypatch):
    """A batch is told to have ended by an event of which the rest fails."""
    stage = Stage()
    small, _ = stage.ask(PAIR).batch, stage.ask(*[PAIR] * 3)
    (job_id,) = small.job_ids
    stage.world.fail(job_id)

    def refuse(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(consumer, "fill_batches", refuse)
    monkeypatch.setattr(consumer, "lambda_app", lambda: stage.world)
    told = envelope(
        JobFailed(job_id=job_id, code="internal"),
        account_id=ACCOUNT,
        correlation_id=job_id,
        occurred_at=stage.world.clock.now(),
        event_id=stage.world.ids.new("evt"),
    )
    record = SimpleNamespace(body=json.dumps({"detail": told.model_dump(mode="json")}))
    with pytest.raises(ConnectionError):
        consumer._close(record)
    assert stage.world.batches.get(small.id).totals == {"failed": 1}


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="s3"),
        ClientError({"Error": {"Code": "SlowDown"}}, "any"),
    ],
)
def test_a_bucket_that_does_not_answer_is_busy(failure):
    """Whatever is asked of it; only an object that has left is none."""

    def refuse(**_):
        raise failure

    asked = ("put_object", "get_object", "get_paginator")
    client = SimpleNamespace(**dict.fromkeys(asked, lambda *_, **__: refuse()))
    lines, batch = S3BatchLines(client, bucket="work"), Stage().ask(PAIR).batch
    for ask in (
        lambda: lines.put(batch, ()),
        lambda: lines.get(batch),
        lambda: lines.delete(batch),
    ):
        with pytest.raises(BusyError):
            ask()
    failure = ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
    assert lines.get(batch) == ()


def test_a_batch_whose_row_has_left_is_not_open_any_more():
    """It held up nothing, and is not asked for again."""
    stage = Stage(room=3)
    gone, there = (stage.ask(*[PAIR] * 3).batch for _ in range(2))
    del stage.world.dynamodb.tables["jobs"][(gone.id,)]
    stage.hear()
    assert len(stage.world.batches.get(there.id).made_ids) == 3
    assert stage.world.batches.open(ACCOUNT) == ()


def test_no_more_than_so_many_batches_wait_at_once(monkeypatch):
    """One that is one too many leaves neither row nor file; one that was made leaves its place."""
    monkeypatch.setattr(limits, "MAX_OPEN", 2)
    stage = Stage(room=3)
    for _ in range(2):
        stage.ask(*[PAIR] * 3)
    rows = len(stage.world.dynamodb.tables["jobs"])
    with pytest.raises(TooManyOpenBatchesError) as refused:
        stage.ask(*[PAIR] * 3)
    assert refused.value.fields["limit"] == 2
    assert (len(stage.world.dynamodb.tables["jobs"]), len(stage.lines.rows)) == (rows, 2)
    stage.hear()
    stage.ask(*[PAIR] * 3)


def test_a_row_that_is_in_the_way_ends_a_call_instead_of_keeping_it_busy(monkeypatch):
    """It was tried twice; the batch is left as it was."""
    stage = Stage(room=3)
    world, batch = stage.world, stage.ask(*[PAIR] * 3).batch
    world.dynamodb.tables["jobs"][(batch.job_ids[0],)] = {"pk": {"S": batch.job_ids[0]}}
    adds, add = [], world.batches.add

    def counted(*args, **more):
        adds.append(args)
        assert len(adds) < 9, "it goes on for good"
        add(*args, **more)

    monkeypatch.setattr(world.batches, "add", counted)
    found = stage.sweep()
    assert isinstance(found.failures[ACCOUNT], ConcurrentChangeError)
    assert len(adds) == 2
    assert (stage.batch.made_ids, stage.batch.stopped) == ((), None)
