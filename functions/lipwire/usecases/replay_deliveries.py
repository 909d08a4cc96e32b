"""An account asks again for all that an endpoint was owed in a time."""

from contextlib import suppress
from typing import Final

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import ReplayDeliveries
from lipwire.domain.errors import BusyError
from lipwire.domain.views import Replayed
from lipwire.domain.webhooks import IN_FLIGHT, DeliveryFilter, DeliveryStatus, Lane, replayed
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_enabled_endpoint import get_enabled_endpoint

#: As many as one request can write well within its time; the answer's cursor goes on.
BATCH: Final = 200
#: Under an idempotency key: as many as one transaction takes with the answer.
BATCH_ONCE: Final = 49


def replay_deliveries(
    command: ReplayDeliveries,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    clock: Clock,
    ids: IdSource,
) -> Replayed:
    """At most `BATCH` new deliveries (`BATCH_ONCE` under a key), newest first, and a cursor while there may be more.

    They wait in a lane of their own and have few places in flight: what is new is never behind them. None is made of
    what was a replay itself, so going on with the cursor comes to an end.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        EndpointDisabledError: it must be enabled first.
        InvalidCursorError: not a cursor of this account's list.
    """
    endpoint = get_enabled_endpoint(command.endpoint_id, caller, endpoints=endpoints)
    wanted = DeliveryFilter(
        endpoint_id=endpoint.id,
        statuses=command.statuses - {DeliveryStatus.PENDING},
        since=command.since,
        until=command.until or clock.now(),
    )
    most = BATCH if caller.once is None else BATCH_ONCE
    page = deliveries.log(caller.account.id, wanted, limit=most, cursor=command.cursor)
    again = [
        replayed(original, key=ids.new("rpl"), at=clock.now())
        for original in page.items
        if original.replay_of is None
    ]
    view = Replayed(replayed=len(again), next_cursor=page.next_cursor)
    deliveries.add_all(again, also=caller.also(view))
    # Each that ends wakes the next ones; what the queue would not take the sweeper wakes.
    with suppress(BusyError):
        queue.wake_all(again[: IN_FLIGHT[Lane.REPLAY]])
    return view
