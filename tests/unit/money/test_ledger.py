"""The ledger's own promises, over the real adapter: each movement once, and no more than there is."""

from datetime import timedelta

import pytest

from lipwire.domain.credits import LOW_BALANCE
from lipwire.domain.errors import (
    AccountNotFoundError,
    BusyError,
    ConcurrentChangeError,
    InsufficientCreditsError,
    JobNotFoundError,
    LedgerConflictError,
    RefundTooLargeError,
)
from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import (
    Entry,
    EntryKind,
    JobMoney,
    Totals,
    by_job,
    totals,
)
from lipwire.domain.prices import Terms
from lipwire.domain.views import Balance
from tests.support.builders import ACCOUNT, NOW, a_report
from tests.support.memory_dynamodb import Fault
from tests.support.money_world import World

JOB = f"job_{'0' * 26}"


@pytest.fixture
def world() -> World:
    """An account with 60 credits."""
    made = World()
    made.grant(60_000, "first")
    return made


def rendered(world: World, frames: int = 50) -> str:
    """A job that was settled."""
    job = world.create(2)
    world.validate(job.id)
    world.begin_rendering(job.id)
    world.render(job.id, frames)
    world.settle(job.id)
    return job.id


def refund(world: World, job_id: str, amount: int, key: str = "r") -> None:
    """`lipwire credits refund`."""
    world.ledger.refund(ACCOUNT, job_id, amount, refund_id=key, note="sorry", at=NOW)


def adjust(world: World, amount: int, key: str = "a") -> None:
    """`lipwire credits adjust`."""
    world.ledger.adjust(ACCOUNT, amount, adjust_id=key, note="why", at=NOW)


def test_a_grant_counts_once_and_its_key_stands_for_its_amount(world):
    """A repetition changes nothing, another amount is refused."""
    world.grant(60_000, "first")
    assert world.ledger.totals(ACCOUNT) == Totals(
        balance=60_000, held=0, available=60_000, version=1
    )
    with pytest.raises(LedgerConflictError):
        world.grant(60_001, "first")
    world.grant(1, "second")
    assert world.ledger.balance(ACCOUNT) == Balance(balance=60_001, held=0)
    (first, _) = world.ledger.entries(ACCOUNT)
    assert first == Entry(
        account_id=ACCOUNT,
        key="GRANT#first",
        kind=EntryKind.GRANT,
        amount_millicredits=60_000,
        created_at=NOW,
    )


def test_an_account_without_a_row_owns_nothing():
    """And has no entries."""
    world = World()
    assert world.ledger.totals(ACCOUNT) == Totals()
    assert world.ledger.entries(ACCOUNT) == ()
    assert world.ledger.of_job(ACCOUNT, JOB) == JobMoney()


def test_a_closed_account_takes_no_credits(world):
    """Neither granted nor corrected nor refunded; what was written before it closed may be repeated."""
    job_id = rendered(world)
    world.grant(1, "before")
    world.accounts.close(ACCOUNT, by=None, at=world.clock.now())
    before = world.ledger.entries(ACCOUNT)
    for act in (
        lambda: world.grant(1, "x"),
        lambda: adjust(world, 1),
        lambda: adjust(world, -1),
        lambda: refund(world, job_id, 1),
    ):
        with pytest.raises(AccountNotFoundError):
            act()
    world.grant(1, "before")
    assert world.ledger.entries(ACCOUNT) == before
    assert world.findings() == []


def test_an_account_that_was_erased_takes_no_credits(world):
    """No row of it is made anew."""
    world.dynamodb.tables["accounts"].clear()
    world.dynamodb.tables["ledger"].clear()
    with pytest.raises(AccountNotFoundError):
        world.grant(1, "x")
    assert world.dynamodb.tables["ledger"] == {}


def test_an_adjustment_takes_away_only_what_is_available(world):
    """What is held stays; the last milli-credit can go."""
    world.create(2)
    left = world.ledger.totals(ACCOUNT).available
    with pytest.raises(InsufficientCreditsError):
        adjust(world, -left - 1)
    for _ in range(2):
        adjust(world, -left)
    assert world.ledger.totals(ACCOUNT).available == 0
    with pytest.raises(LedgerConflictError):
        adjust(world, -left + 1)
    adjust(world, 5, key="b")
    entry = world.ledger.entries(ACCOUNT)[0]
    assert (entry.key, entry.kind, entry.note) == ("ADJUST#a", EntryKind.ADJUST, "why")
    assert world.ledger.totals(ACCOUNT).available == 5
    assert world.findings() == []


def test_refunds_add_up_to_the_charge_at_most(world):
    """In parts, each key once, never before there was a charge."""
    job_id = rendered(world, frames=50)
    refund(world, job_id, 1_500)
    refund(world, job_id, 1_500)
    with pytest.raises(LedgerConflictError):
        refund(world, job_id, 1_499)
    with pytest.raises(RefundTooLargeError) as refused:
        refund(world, job_id, 501, key="s")
    assert refused.value.fields == {"left_millicredits": 500}
    refund(world, job_id, 500, key="s")
    with pytest.raises(RefundTooLargeError):
        refund(world, job_id, 1, key="t")
    money = world.ledger.of_job(ACCOUNT, job_id)
    assert (money.held, money.charged, money.refunded, money.is_open) == (
        3_000,
        2_000,
        2_000,
        False,
    )
    assert [one.key for one in money.refunds] == [f"REFUND#{job_id}#1", f"REFUND#{job_id}#2"]
    assert (money.refunds[0].refund_key, money.refunds[0].note) == ("r", "sorry")
    assert world.ledger.totals(ACCOUNT).balance == 60_000
    with pytest.raises(RefundTooLargeError):
        refund(world, world.create(2).id, 1)


def test_refunds_of_one_job_take_turns(world):
    """One that comes between is counted; one that never gets its turn says so."""
    job_id = rendered(world)
    faults = world.dynamodb.faults
    faults[len(world.dynamodb.writes)] = lambda: refund(world, job_id, 700, key="other")
    refund(world, job_id, 1_300)
    assert world.ledger.of_job(ACCOUNT, job_id).refunded == 2_000

    job_id = rendered(world)
    keys = iter("abcdefgh")

    def another() -> None:
        refund(world, job_id, 1, key=next(keys))

    begin = len(world.dynamodb.writes)
    faults.update({begin + 2 * turn: another for turn in range(8)})
    with pytest.raises(BusyError):
        refund(world, job_id, 1)
    faults.clear()
    assert world.ledger.of_job(ACCOUNT, job_id).refunded == 8
    assert world.findings() == []


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.REPEATED])
def test_a_movement_whose_answer_was_lost_counts_once(world, fault):
    """Repeated by the SDK, or by whoever asked."""
    job_id = rendered(world)
    for act in (
        lambda: world.grant(7, "x"),
        lambda: adjust(world, 7),
        lambda: refund(world, job_id, 7),
    ):
        world.dynamodb.faults = {len(world.dynamodb.writes): fault}
        world.attempt(act)
        act()
    assert world.ledger.totals(ACCOUNT).balance == 60_000 - 2_000 + 3 * 7
    assert world.findings() == []


def test_a_job_whose_creation_was_repeated_is_made_once(world):
    """The SDK's second try finds the first one's job; somebody else's row under the id is an error."""
    world.dynamodb.faults = {len(world.dynamodb.writes): Fault.REPEATED}
    job = world.create(2)
    assert world.jobs.get(job.id) == job
    assert world.ledger.totals(ACCOUNT).held == job.held_millicredits
    with pytest.raises(ConcurrentChangeError):
        world.jobs.create(
            job.model_copy(update={"name": "other"}), key_id="0123456789", most_active=99
        )


def test_a_job_whose_lost_creation_has_moved_on_is_found_too(world):
    """The SDK's second try may come after the workflow's first step."""
    job = world.create(2)
    world.validate(job.id)
    world.jobs.create(job, key_id="0123456789", most_active=99)
    assert world.jobs.get(job.id).status is JobStatus.VALIDATING
    batch = world.create_batch([2, 2])
    assert world.batches.complete(batch, {}, at=world.clock.now())
    jobs = world.batches.jobs(batch)
    world.batches.create(batch, jobs, key_id="0123456789", most_active=99)
    other = batch.model_copy(update={"name": "other"})
    with pytest.raises(ConcurrentChangeError):
        world.batches.create(other, jobs, key_id="0123456789", most_active=99)
    assert world.findings() == []


@pytest.mark.parametrize(("height", "amount"), [(360, 2_500), (720, 4_500)])
def test_the_size_that_was_rendered_is_charged(world, height, amount):
    """By the list of the dialect that asked: lipsync.studio sells 480p at half the price; what was held is the most."""
    job = world.create(9, terms=Terms(dialect="lipsync_studio", version=1))
    world.validate(job.id)
    world.begin_rendering(job.id)
    world.work.reports[job.id] = a_report(width=height * 16 // 9, height=height)
    world.settle(job.id)
    done = world.jobs.get(job.id)
    assert done.charged_millicredits == amount
    assert done.quality is not None
    assert world.findings() == []


def test_a_job_that_is_gone_is_not_settled(world):
    """There is nobody to charge."""
    with pytest.raises(JobNotFoundError):
        world.settle(JOB)


@pytest.mark.fault(79, 80, 82)
def test_a_job_is_settled_once_with_one_amount(world):
    """The same again is no news; another amount is two renders, and somebody must look."""
    job = world.create(2)
    world.validate(job.id)
    world.begin_rendering(job.id)
    job = world.jobs.get(job.id)
    output = a_report().output
    assert world.jobs.settle(job, charge=2_000, output=output, warnings=())
    assert not world.jobs.settle(job, charge=2_000, output=output, warnings=())
    with pytest.raises(LedgerConflictError, match="another amount than 1999"):
        world.jobs.settle(job, charge=1_999, output=output, warnings=())
    assert not world.jobs.release(job, status=JobStatus.FAILED, error=None)
    (end,) = world.ledger.of_job(ACCOUNT, job.id).ends
    assert (end.kind, end.amount_millicredits, end.held_millicredits) == ("SETTLE", 2_000, 3_000)


@pytest.mark.fault(81)
@pytest.mark.parametrize("charge", [-1, 3_001])
def test_a_charge_that_does_not_fit_its_hold_is_refused(world, charge):
    """Nothing is written."""
    job = world.create(2)
    world.validate(job.id)
    world.begin_rendering(job.id)
    with pytest.raises(
        LedgerConflictError, match=f"A charge of {charge} does not fit a hold of 3000"
    ):
        world.jobs.settle(
            world.jobs.get(job.id), charge=charge, output=a_report().output, warnings=()
        )
    assert world.ledger.totals(ACCOUNT).held == 3_000


@pytest.mark.fault(82)
def test_a_released_hold_gives_everything_back(world):
    """Its entry says how much."""
    job = world.create(2)
    world.cancel(job.id)
    (end,) = world.ledger.of_job(ACCOUNT, job.id).ends
    assert (end.kind, end.amount_millicredits, end.held_millicredits) == ("RELEASE", 3_000, 3_000)
    assert not world.jobs.settle(job, charge=1, output=a_report().output, warnings=())
    assert world.ledger.totals(ACCOUNT) == Totals(
        balance=60_000, held=0, available=60_000, version=3
    )


@pytest.mark.fault(86)
def test_the_hold_says_by_which_price_list(world):
    """The first one and the one that tops it up."""
    job = world.create(9, is_seen=False)
    world.validate(job.id)
    holds = world.ledger.of_job(ACCOUNT, job.id).holds
    assert [(one.price_list, one.amount_millicredits) for one in holds] == [
        ("native/1", 6_000),
        ("native/1", 4_000),
    ]


def test_a_job_that_cannot_be_held_is_not_made(world):
    """The last milli-credit decides."""
    adjust(world, 3_000 - 60_000)
    assert world.create(2).held_millicredits == 3_000
    with pytest.raises(InsufficientCreditsError):
        world.create(2)
    assert world.ledger.totals(ACCOUNT).available == 0


def test_the_jobs_of_a_batch_are_held_together_or_not_at_all(world):
    """One hold for each; the balance must cover all of them."""
    batch = world.create_batch([2, 9])
    money = by_job(world.ledger.entries(ACCOUNT))
    assert {job_id: one.held for job_id, one in money.items()} == dict(
        zip(batch.job_ids, (3_000, 10_000), strict=True)
    )
    assert {one.holds[0].price_list for one in money.values()} == {"native/1"}
    assert world.ledger.totals(ACCOUNT) == Totals(
        balance=60_000, held=13_000, available=47_000, version=2
    )
    with pytest.raises(InsufficientCreditsError):
        world.create_batch([9] * 5)
    assert world.create_batch([9, 9, 9, 9]).job_ids
    assert world.ledger.totals(ACCOUNT).available == 7_000
    assert world.findings() == []


def test_a_low_balance_is_told_once_until_credits_come(world):
    """A grant makes it news again."""
    tell = lambda: world.ledger.tell_if_low(ACCOUNT, threshold=LOW_BALANCE, at=NOW)  # noqa: E731
    assert not tell()
    adjust(world, -1)
    assert [tell(), tell()] == [True, False]
    adjust(world, -1, key="b")
    assert [tell(), tell()] == [True, False]
    world.publish()
    assert world.outside.events.count("BalanceLow") == 2
    world.dynamodb.faults = {len(world.dynamodb.writes): lambda: world.grant(9, "more")}
    adjust(world, -1, key="c")
    assert not tell()


def test_pages_walk_the_ledger_newest_first(world):
    """No entry twice, none lost, in order of time."""
    for number in range(4):
        world.grant(1, f"g{number}", at=NOW + timedelta(milliseconds=number))
    seen, cursor = [], None
    while True:
        page = world.ledger.list(ACCOUNT, limit=2, cursor=cursor)
        assert len(page.items) <= 2
        seen += [entry.key for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["GRANT#g3", "GRANT#g2", "GRANT#g1", "GRANT#g0", "GRANT#first"]
    whole = world.ledger.list(ACCOUNT, limit=5, cursor=None)
    assert (len(whole.items), whole.next_cursor) == (5, None)


def test_entries_of_before_the_list_come_into_it(world):
    """What is listed stays where it is; an entry never changes."""
    job = world.create(2)
    before = world.ledger.list(ACCOUNT, limit=9, cursor=None)
    entries = world.ledger.entries(ACCOUNT)
    del world.dynamodb.tables["ledger"][ACCOUNT, f"HOLD#{job.id}#1"]["listed_at"]
    assert len(world.ledger.list(ACCOUNT, limit=9, cursor=None).items) == len(before.items) - 1
    world.ledger.list_anew(ACCOUNT)
    assert world.ledger.list(ACCOUNT, limit=9, cursor=None) == before
    assert world.ledger.entries(ACCOUNT) == entries


def test_a_balance_is_rebuilt_only_as_it_was_seen(world):
    """What moved meanwhile wins."""
    world.create(2)
    true = totals(world.ledger.entries(ACCOUNT))
    seen = world.ledger.totals(ACCOUNT)
    world.dynamodb.tables["ledger"][ACCOUNT, "BALANCE"]["balance"] = {"N": "7"}
    assert next(str(one) for one in world.findings()).endswith("7, not 60000")
    assert world.ledger.rebuild(ACCOUNT, seen=seen, true=true)
    assert world.findings() == []
    assert not world.ledger.rebuild(ACCOUNT, seen=seen, true=Totals())
    assert world.ledger.totals(ACCOUNT).version == seen.version + 1
