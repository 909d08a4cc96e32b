"""An account asks again for all that an endpoint was owed in a time."""

from typing import Final

from lipwire.domain.commands import Caller, ReplayDeliveries
from lipwire.domain.views import Replayed
from lipwire.domain.webhooks import DeliveryFilter, DeliveryStatus, replayed
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_enabled_endpoint import get_enabled_endpoint

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
    endpoint = get_enabled_endpoint(command.endpoint_id, caller, endpoints=endpoints)
    wanted = DeliveryFilter(
        endpoint_id=endpoint.id,
        statuses=command.statuses - {DeliveryStatus.PENDING},
        since=command.since,
        until=command.until or clock.now(),
    )
    page = deliveries.log(caller.account.id, wanted, limit=BATCH, cursor=command.cursor)
    originals = [one for one in page.items if one.replay_of is None]
    for original in originals:
        again = replayed(original, key=ids.new("rpl"), at=clock.now())
        deliveries.add(again)
        queue.wake(again)
    return Replayed(count=len(originals), next_cursor=page.next_cursor)
