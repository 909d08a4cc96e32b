"""Deliveries that nobody wakes: lost messages, dead attempts, and waits longer than a queue can hold."""

from typing import Final

from lipwire.ports import Clock
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore

#: Bounds what one sweep adds to a queue that is behind; the rest is a minute away.
BATCH: Final = 500


def sweep_deliveries(*, deliveries: DeliveryStore, queue: DeliveryQueue, clock: Clock) -> int:
    """Every delivery that is due was woken; waking one twice is harmless. Gives how many."""
    due = deliveries.due(at=clock.now(), limit=BATCH)
    for delivery in due:
        queue.wake(delivery)
    return len(due)
