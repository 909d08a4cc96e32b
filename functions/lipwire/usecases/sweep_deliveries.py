"""Deliveries that nobody wakes: lost messages, dead attempts, and waits longer than a queue can hold."""

from typing import Final

from lipwire.domain.webhooks import IN_FLIGHT
from lipwire.ports import Clock
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore

#: Accounts that one sweep looks after. Each is moved on as it is, so the rest comes first a minute later.
ACCOUNTS: Final = 400


def sweep_deliveries(*, deliveries: DeliveryStore, queue: DeliveryQueue, clock: Clock) -> int:
    """As many due deliveries of each account as may be in flight were woken: each that ends wakes the next.

    Waking one twice is harmless. Gives how many.
    """
    now = clock.now()
    woken = 0
    for account_id in deliveries.waiting_accounts(at=now, limit=ACCOUNTS):
        for lane, places in IN_FLIGHT.items():
            for delivery in deliveries.due(account_id, lane, at=now, limit=places):
                queue.wake(delivery)
                woken += 1
        deliveries.looked_after(account_id, at=now)
    return woken
