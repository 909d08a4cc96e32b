"""Batches: accepted as one, watched as one, and told of once."""

import pytest
from pydantic import ValidationError

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.batches import DynamoBatches
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.dialects.native.wire_batches import BatchIn
from lipwire.domain.batches import (
    ITEMS_PER_BATCH,
    ITEMS_PER_JOB,
    MAX_JOBS,
    MAX_LINES,
    TRANSACTION_ITEMS,
    BatchStatus,
    counts,
    status_of,
)
from lipwire.domain.commands import CancelBatch, CreateBatch, CreateJob, GetBatch
from lipwire.domain.errors import (
    BatchNotFoundError,
    BatchTooLargeError,
    InsufficientCreditsError,
    InvalidRequestError,
)
from lipwire.domain.jobs import JobStatus
from lipwire.usecases.cancel_batch import cancel_batch
from lipwire.usecases.close_batch import close_batch
from lipwire.usecases.create_batch import create_batch
from lipwire.usecases.get_batch import get_batch
from tests.support.builders import a_caller, an_asset, video_info, voice_info
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeLedger,
)
from tests.support.fakes_batches import FakeBatches, FakeLines
from tests.support.fakes_consents import FakeConsents

SOURCE = an_asset(901, media=video_info())
VOICE = an_asset(902, media=voice_info())
PAIR = CreateJob(source_id=SOURCE.id, speech_id=VOICE.id)


class World:
    """An account with a source and a voice."""

    def __init__(self, *, available=1_000_000) -> None:
        self.jobs = FakeJobs(available=available)
        self.batches = FakeBatches(self.jobs)
        self.assets, self.clock, self.ids = FakeAssets(SOURCE, VOICE), FakeClock(), FakeIds()

    def create(self, *jobs):
        """A batch of these."""
        return create_batch(
            CreateBatch(jobs=jobs),
            a_caller(),
            batches=self.batches,
            consents=FakeConsents(),
            consent_required=False,
            assets=self.assets,
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            source_urls=AnyUrl(),
            clock=self.clock,
            ids=self.ids,
            lines=FakeLines,
            ledger=FakeLedger,
        )

    def close(self, job_id):
        """What the end of this job leads to."""
        return close_batch(job_id, jobs=self.jobs, batches=self.batches, clock=self.clock)

    def end(self, view, status=JobStatus.FAILED):
        """The job ends."""
        ended = view.job.model_copy(update={"status": status})
        self.jobs.rows[view.job.id] = ended


def test_each_job_of_a_batch_holds_its_own_credits():
    """And bears the batch's id."""
    world = World()
    view = world.create(PAIR, PAIR, PAIR)
    jobs = [one.job for one in view.jobs]
    assert {job.batch_id for job in jobs} == {view.batch.id}
    assert world.jobs.available == 1_000_000 - sum(job.held_millicredits for job in jobs)
    assert view.batch.job_ids == tuple(job.id for job in jobs)


def test_a_batch_that_cannot_be_paid_whole_is_not_accepted_at_all():
    """No job of it, no hold of it."""
    price = World().create(PAIR).jobs[0].job.held_millicredits
    world = World(available=3 * price - 1)
    with pytest.raises(InsufficientCreditsError):
        world.create(PAIR, PAIR, PAIR)
    assert world.jobs.rows == {}
    assert world.jobs.available == 3 * price - 1


def test_a_job_that_is_refused_is_named_and_refuses_the_batch():
    """Counted from 0."""
    world = World()
    with pytest.raises(InvalidRequestError) as caught:
        world.create(PAIR, PAIR.model_copy(update={"speech_id": f"ast_{9:026d}"}))
    assert caught.value.fields["job"] == 1
    assert world.jobs.rows == {}


@pytest.mark.parametrize(
    ("last", "error"), [(PAIR, InsufficientCreditsError), (None, InvalidRequestError)]
)
def test_a_batch_that_is_refused_leaves_no_assets(last, error):
    """Be it that it can't be paid, or that a later job of it is wrong."""
    world = World(available=0)
    by_url = PAIR.model_copy(update={"source_id": None, "source_url": "https://a.test/v.mp4"})
    wrong = PAIR.model_copy(update={"speech_id": f"ast_{9:026d}"})
    with pytest.raises(error):
        world.create(by_url, last or wrong)
    assert set(world.assets.rows) == {SOURCE.id, VOICE.id}


def test_more_jobs_than_a_batch_may_have_are_refused():
    """With the number."""
    with pytest.raises(BatchTooLargeError) as caught:
        World().create(*[PAIR] * (MAX_LINES + 1))
    assert caught.value.fields == {"limit": MAX_LINES}


def test_a_source_url_of_many_jobs_is_fetched_once():
    """One asset, whatever the number of voices; another URL is another."""
    world = World()
    urls = ["https://example.com/a.mp4", "https://example.com/a.mp4", "https://example.com/b.mp4"]
    view = world.create(*(CreateJob(source_url=url, speech_id=VOICE.id) for url in urls))
    sources = [one.job.source_id for one in view.jobs]
    assert sources[0] == sources[1] != sources[2]
    assert len(world.assets.rows) == 4


def test_the_largest_batch_fits_a_transaction():
    """Counted in what is really sent, with an answer to keep and room for a consent."""
    sent = []

    class Client:
        def transact_write_items(self, **request):
            sent.extend(request["TransactItems"])

    outbox = OutboxRows(table="outbox", ids=FakeIds())
    batches = DynamoBatches(
        Client(),
        table="jobs",
        ledger=DynamoLedger(
            Client(), table="ledger", accounts=ActiveAccounts(table="accounts"), outbox=outbox
        ),
        accounts=DynamoAccounts(Client(), table="accounts", outbox=outbox),
        limits=DynamoLimits(Client(), table="limits"),
        outbox=outbox,
        active=ActiveAccounts(table="accounts"),
    )
    view = World().create(*[PAIR] * MAX_JOBS)
    jobs = [one.job for one in view.jobs]
    batches.create(view.batch, jobs, key_id="0123456789", most_active=100)
    assert len(sent) == ITEMS_PER_JOB * MAX_JOBS + ITEMS_PER_BATCH - 2
    assert ITEMS_PER_JOB * MAX_JOBS + ITEMS_PER_BATCH <= TRANSACTION_ITEMS


def test_a_batch_has_completed_when_its_last_job_ended_and_that_is_told_once():
    """Whichever is the last, and however often its end is heard."""
    world = World()
    first, second = world.create(PAIR, PAIR).jobs
    world.end(first, JobStatus.SUCCEEDED)
    assert not world.close(first.job.id)
    world.end(second)
    assert world.close(first.job.id)
    assert not world.close(second.job.id)
    assert world.batches.told == [{"succeeded": 1, "failed": 1}]


def test_jobs_without_a_batch_and_jobs_that_are_gone_complete_nothing():
    """They are none of its business."""
    world = World()
    view = world.create(PAIR)
    alone = view.jobs[0].job.model_copy(update={"batch_id": None})
    world.jobs.rows[alone.id] = alone
    assert not world.close(alone.id)
    assert not world.close("job_gone")


def test_canceling_a_batch_releases_what_has_not_ended():
    """What had ended stays as it is; a second time changes nothing."""
    world = World()
    done, works = world.create(PAIR, PAIR).jobs
    world.end(done, JobStatus.SUCCEEDED)
    for _ in range(2):
        command = CancelBatch(batch_id=next(iter(world.batches.rows)))
        view = cancel_batch(command, a_caller(), stores=world, results=None)
        jobs = [one.job for one in view.jobs]
        assert counts(view.batch, jobs) == {"succeeded": 1, "canceled": 1}
        assert status_of(view.batch, jobs) is BatchStatus.COMPLETED
    assert world.jobs.ended == [(works.job.id, JobStatus.CANCELED)]


def test_a_batch_tells_of_deleted_jobs_and_is_its_accounts_alone():
    """By number; another account finds nothing."""
    world = World()
    view = world.create(PAIR, PAIR)
    del world.jobs.rows[view.jobs[0].job.id]
    wanted = GetBatch(batch_id=view.batch.id)
    more = {"batches": world.batches, "results": None, "clock": world.clock}
    found = get_batch(wanted, a_caller(), **more)
    assert counts(found.batch, [one.job for one in found.jobs]) == {"queued": 1, "deleted": 1}
    with pytest.raises(BatchNotFoundError):
        get_batch(wanted, a_caller(id="acct_other"), **more)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"source": {"asset_id": SOURCE.id}},
        {"speeches": [{"asset_id": VOICE.id}]},
        {"source": {"asset_id": SOURCE.id}, "speeches": []},
        {"jobs": []},
        {
            "jobs": [{"source": {"asset_id": SOURCE.id}, "speech": {"asset_id": VOICE.id}}],
            "webhook_url": "https://example.com",
        },
    ],
)
def test_a_batch_is_one_source_and_voices_or_whole_jobs(body):
    """Never both, never neither."""
    with pytest.raises(ValidationError):
        BatchIn.model_validate(body)
