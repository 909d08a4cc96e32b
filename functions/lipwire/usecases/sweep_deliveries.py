"""Deliveries that nobody wakes: lost messages, dead attempts, and waits longer than a queue can hold."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.errors import LipwireError
from lipwire.domain.ids import AccountId
from lipwire.domain.webhooks import IN_FLIGHT
from lipwire.ports import Clock
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore

#: Accounts that are asked for at once, those that waited longest first.
ACCOUNTS: Final = 400
#: How long a sweep goes on; the accounts it does not come to are the first of the next one, a minute later.
PATIENCE: Final = timedelta(seconds=40)


@dataclass(slots=True)
class Sweep:
    """What a sweep did."""

    woken: int = 0
    #: Accounts that could not be looked after this time, and why.
    failures: dict[AccountId, LipwireError] = field(default_factory=dict)


def sweep_deliveries(*, deliveries: DeliveryStore, queue: DeliveryQueue, clock: Clock) -> Sweep:
    """As many due deliveries of each account as may be in flight were woken: each that ends wakes the next.

    Waking one twice is harmless. What is wrong with one account holds up no other.
    """
    began = clock.now()
    sweep, seen = Sweep(), set[AccountId]()
    while True:
        named = deliveries.waiting_accounts(at=began, limit=ACCOUNTS)
        # The index may still name some that were looked after a moment ago.
        waiting = [account_id for account_id in named if account_id not in seen]
        if not waiting:
            return sweep
        for account_id in waiting:
            if clock.now() - began > PATIENCE:
                return sweep
            seen.add(account_id)
            try:
                sweep.woken += _look_after(account_id, deliveries, queue, began)
            except LipwireError as error:
                sweep.failures[account_id] = error


def _look_after(
    account_id: AccountId, deliveries: DeliveryStore, queue: DeliveryQueue, now: datetime
) -> int:
    # First of all it is moved on: one that fails each time must not stand before all others for ever.
    deliveries.looked_after(account_id, at=now)
    due = [
        delivery
        for lane, places in IN_FLIGHT.items()
        for delivery in deliveries.due(account_id, lane, at=now, limit=places)
    ]
    queue.wake_all(due)
    return len(due)
