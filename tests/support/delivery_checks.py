"""What must hold of every simulated delivery."""

from collections import Counter
from datetime import timedelta

from lipwire.domain.webhooks import SCHEDULE, DeliveryStatus
from lipwire.usecases.deliver_webhook import LEASE
from tests.support.delivery_world import PROMPT_S, Wait, World

#: What each mishap may cost: the sweeper looks once a minute, and what it sends may be late itself.
SWEEP = timedelta(minutes=1, seconds=3)
#: A first attempt is due at once: it comes as soon as its message does.
FIRST = timedelta(seconds=PROMPT_S)


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
    assert punctual(world) > 0.6
    return Counter(row.status for row in rows)


def punctual(world: World) -> float:
    """The share of waits without a mishap, all of which were as long as the schedule says, +-10 %.

    The others are longer by no more than the attempt's lease and a sweep for each mishap; none is shorter.
    """
    punctual = [_judged(world, wait) for wait in world.deliveries.waits]
    return sum(punctual) / len(punctual)


def _judged(world: World, wait: Wait) -> bool:
    """Whether nothing lengthened it; raises when it was off by more than that can explain."""
    step = SCHEDULE[wait.number] if wait.number < len(SCHEDULE) else timedelta(0)
    waited = wait.until - wait.since
    hindered = [
        *(
            at
            for at in world.deliveries.mishaps[wait.delivery_id]
            if wait.since <= at <= wait.until
        ),
        *(at for at in world.cut_sweeps if wait.due <= at <= wait.until),
    ]
    assert wait.until >= wait.due
    assert waited >= step * 0.9
    if wait.concluded and not hindered:
        assert waited <= step * 1.1 + FIRST * (wait.number == 0), wait
        return True
    most = step * 1.1 if wait.concluded else max(LEASE, step)
    # One sweep for the wake-up that the attempt before did not send, and one for each that was of no use.
    assert waited <= most + SWEEP * (1 + len(hindered)), (wait, hindered)
    return False
