"""What must hold of every simulated delivery."""

from collections import Counter
from datetime import timedelta

from lipwire.domain.webhooks import SCHEDULE, DeliveryStatus
from tests.support.delivery_world import World

#: A wake-up may be lost (the sweeper's minute), the sweeper die (another), what it sends be lost again (and another),
#: and places in flight be held by workers that died (their lease).
LATE = timedelta(minutes=6)


def check(world: World) -> Counter[DeliveryStatus]:
    """Raises at the first broken promise; gives how many deliveries ended how."""
    rows = world.deliveries.rows.values()
    owed = {
        (event.metadata.id, endpoint.id)
        for event in world.events
        for endpoint in world.endpoints.list(event.metadata.account_id)
    }
    assert {(row.event_id, row.endpoint_id) for row in rows} == owed
    assert len(rows) == len(owed)
    for row in rows:
        assert row.is_final
        assert row.attempts <= len(SCHEDULE) + 1
        endpoint = world.endpoints.rows[row.endpoint_id]  # type: ignore[index]
        if row.status is DeliveryStatus.DELIVERED:
            assert world.received[row.event_id, endpoint.url] >= 1
        else:
            assert row.status is DeliveryStatus.EXHAUSTED
            assert row.attempts >= len(SCHEDULE)
    for attempts, wait in world.deliveries.waits:
        assert SCHEDULE[attempts] * 0.9 <= wait <= SCHEDULE[attempts] * 1.1
    for _, due, claimed in world.deliveries.claims:
        assert timedelta(0) <= claimed - due <= LATE
    return Counter(row.status for row in rows)
