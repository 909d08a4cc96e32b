"""An account asks again for all that an endpoint was owed in a time."""

from typing import Final

from lipwire.domain.commands import Caller, GetEndpoint, ReplayDeliveries
from lipwire.domain.errors import EndpointDisabledError
from lipwire.domain.views import Replayed
from lipwire.domain.webhooks import (
    DeliveryFilter,
    DeliveryStatus,
    EndpointStatus,
    delivery_id,
    replayed,
)
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint

#: As many as one request can write well within its time; the answer's cursor goes on.
BATCH: Final = 200


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
    """At most `BATCH` new deliveries, newest first, and a cursor while there may be more.

    They wait in a lane of their own and have few places in flight: what is new is never behind them. None is made of
    what was a replay itself, so going on with the cursor comes to an end.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        EndpointDisabledError: it must be enabled first.
        InvalidCursorError: not a cursor of this account's list.
    """
    named = GetEndpoint(endpoint_id=command.endpoint_id)
    endpoint = get_endpoint(named, caller, endpoints=endpoints)
    if endpoint.status is not EndpointStatus.ENABLED:
        raise EndpointDisabledError
    wanted = DeliveryFilter(
        endpoint_id=endpoint.id,
        statuses=command.statuses - {DeliveryStatus.PENDING},
        since=command.since,
        until=command.until or clock.now(),
    )
    page = deliveries.log(caller.account.id, wanted, limit=BATCH, cursor=command.cursor)
    originals = [one for one in page.items if one.replay_of is None]
    for original in originals:
        new_id = delivery_id(original.event_id, ids.new("rpl"))
        again = replayed(original, new_id=new_id, at=clock.now())
        deliveries.add(again)
        queue.wake(again)
    return Replayed(count=len(originals), next_cursor=page.next_cursor)
