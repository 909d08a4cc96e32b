"""The sweeper: every account in its turn, and none in the way of another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from lipwire.domain.errors import BusyError
from lipwire.domain.webhooks import IN_FLIGHT, Delivery, Lane
from lipwire.usecases.sweep_deliveries import ACCOUNTS, PATIENCE, sweep_deliveries
from tests.support.builders import NOW
from tests.support.fakes import FakeClock
from tests.support.fakes_webhooks import FakeDeliveries, FakeQueue, a_delivery


def account(number: int) -> str:
    """An account of many."""
    return f"acct_{number:026d}"


def owed(number: int, of: int) -> Delivery:
    """A delivery of such an account, overdue the longer the lower its number."""
    return a_delivery(
        id=f"dlv_{number:026d}",
        account_id=account(of),
        attempts=0,
        next_attempt_at=NOW - timedelta(days=1) + timedelta(seconds=number),
    )


class Queue(FakeQueue):
    """Takes a while for each account, and nothing of some."""

    def __init__(self, clock: FakeClock, *, takes: timedelta = timedelta(0), refuses: str = ""):
        super().__init__()
        self.clock, self.takes, self.refuses = clock, takes, refuses

    def wake_all(self, deliveries: Sequence[Delivery]) -> None:
        self.clock.moment += self.takes
        if deliveries and deliveries[0].account_id == self.refuses:
            raise BusyError
        super().wake_all(deliveries)


def swept(deliveries: FakeDeliveries, queue: Queue):
    """One sweep."""
    return sweep_deliveries(deliveries=deliveries, queue=queue, clock=queue.clock)


@pytest.mark.fault(108)
def test_more_accounts_than_are_asked_for_at_once_are_all_looked_after():
    """A sweep goes on until nobody waits."""
    count = 2 * ACCOUNTS + 7
    deliveries = FakeDeliveries(*(owed(number, number) for number in range(count)))
    assert swept(deliveries, Queue(FakeClock())).woken == count


def test_a_sweep_ends_in_time_and_the_next_begins_with_the_others():
    """No account is neglected for longer than the others."""
    deliveries = FakeDeliveries(*(owed(number, number) for number in range(100)))
    queue = Queue(FakeClock(), takes=timedelta(seconds=1))
    first = swept(deliveries, queue).woken
    assert first <= PATIENCE.total_seconds() + 1
    assert {one for one, _ in queue.woken} == {owed(n, n).id for n in range(first)}
    queue.clock.moment += timedelta(seconds=10)
    swept(deliveries, queue)
    assert {one for one, _ in queue.woken} == {owed(n, n).id for n in range(2 * first)}


def test_a_crowd_of_one_account_is_no_more_than_its_places():
    """Beside one delivery of another."""
    deliveries = FakeDeliveries(*(owed(number, 0) for number in range(500)), owed(500, 1))
    queue = Queue(FakeClock())
    assert swept(deliveries, queue).woken == IN_FLIGHT[Lane.LIVE] + 1
    assert queue.woken[-1][0] == owed(500, 1).id


def test_what_is_wrong_with_one_account_holds_up_no_other():
    """It is told, and has its turn again like all others."""
    deliveries = FakeDeliveries(*(owed(number, number) for number in range(3)))
    queue = Queue(FakeClock(), refuses=account(0))
    sweep = swept(deliveries, queue)
    assert (sweep.woken, list(sweep.failures)) == (2, [account(0)])
    assert deliveries.waiting_accounts(at=NOW, limit=9) == ()
    queue.refuses = ""
    queue.clock.moment += timedelta(minutes=1)
    assert swept(deliveries, queue).failures == {}
    assert owed(0, 0).id in {one for one, _ in queue.woken}


def test_an_index_that_lags_keeps_no_sweep_going():
    """What it still names was looked after a moment ago."""

    class Lagging(FakeDeliveries):
        def looked_after(self, account_id: str, *, at: datetime) -> None:
            """The index does not know yet."""

    assert swept(Lagging(owed(1, 1)), Queue(FakeClock())).woken == 1
