"""One account's slow receiver holds up no other account."""

from datetime import timedelta

import pytest

from lipwire.domain.webhooks import IN_FLIGHT, Delivery, Lane
from tests.support.builders import ACCOUNT, NOW
from tests.support.delivery_crowd import WORKERS, Crowd
from tests.support.fakes_webhooks import FakeDeliveries, FakeEndpoints, a_delivery, an_endpoint

STUCK = f"acct_{9:026d}"
SLOW, OURS = an_endpoint(1, account_id=STUCK), an_endpoint(2)
#: The receiver's deadline: as long as anybody can hold a worker.
HELD = timedelta(seconds=15)


def owed(number: int, **changes: object) -> Delivery:
    """A delivery that nobody has begun."""
    return a_delivery(id=f"dlv_{number:026d}", attempts=0, **changes)


def crowd(*, places: int | None = None, **changes: object) -> Crowd:
    """Five thousand of another account's deliveries are queued before ours, to a receiver that only hangs."""
    first = owed(0, account_id=STUCK, endpoint_id=SLOW.id, **changes)
    stuck = [first.model_copy(update={"id": f"dlv_{number:026d}"}) for number in range(5000)]
    ours = owed(5000, account_id=ACCOUNT, endpoint_id=OURS.id)
    made = Crowd(
        FakeDeliveries(*stuck, ours, places=places),
        FakeEndpoints(SLOW, OURS),
        workers=WORKERS,
        takes=lambda url: HELD if url == SLOW.url else timedelta(milliseconds=100),
    )
    for delivery in (*stuck, ours):
        made.wake(delivery)
    made.run(lambda: OURS.url in made.began, longest=timedelta(minutes=2))
    return made


@pytest.mark.fault(104)
def test_ours_starts_within_ten_seconds_behind_five_thousand_that_are_stuck():
    """On a queue that is not fair: the other account holds ten workers, and not one more."""
    made = crowd()
    assert made.began[OURS.url][0] - NOW < timedelta(seconds=10)
    assert made.most_at_once[SLOW.url] == IN_FLIGHT[Lane.LIVE]


def test_without_places_in_flight_it_would_not():
    """The test above can fail: all workers hang, ours waits."""
    assert OURS.url not in crowd(places=10_000).began


@pytest.mark.fault(105)
def test_a_flood_of_replays_leaves_the_accounts_own_places_free():
    """Five thousand asked for again have three places; what is new of the same account goes at once."""
    made = crowd(replay_of=f"dlv_{9999:026d}")
    assert made.most_at_once[SLOW.url] == IN_FLIGHT[Lane.REPLAY]
    fresh = owed(6000, account_id=STUCK, endpoint_id=SLOW.id)
    made.deliveries.add(fresh)
    made.wake(fresh)
    asked = made.clock.now()
    made.run(lambda: made.deliveries.rows[fresh.id].attempts > 0, longest=timedelta(minutes=1))
    assert made.clock.now() - asked < timedelta(seconds=10)


def test_a_backlog_drains_without_the_sweeper():
    """Each attempt that ends wakes others: the places stay full though every message but the first was used up."""
    made = crowd()
    began = len(made.began[SLOW.url])
    made.run(lambda: False, longest=timedelta(minutes=5))
    # Ten places, fifteen seconds each: forty a minute, less what is woken twice.
    assert len(made.began[SLOW.url]) - began >= 150
