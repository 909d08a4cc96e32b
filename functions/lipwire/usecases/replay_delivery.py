"""An account asks for one webhook again."""

from lipwire.domain.commands import Caller, GetEndpoint, ReplayDelivery
from lipwire.domain.errors import (
    DeliveryNotFoundError,
    DeliveryPendingError,
    EndpointDisabledError,
)
from lipwire.domain.views import DeliveryView
from lipwire.domain.webhooks import EndpointStatus, delivery_id, replayed
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint


def replay_delivery(
    command: ReplayDelivery,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    clock: Clock,
    ids: IdSource,
) -> DeliveryView:
    """A new delivery of the same event to the same target, under the same `webhook-id`.

    Raises:
        DeliveryNotFoundError: unknown, another account's, or older than 30 days.
        DeliveryPendingError: it has not ended yet.
        EndpointNotFoundError: its endpoint was deleted.
        EndpointDisabledError: its endpoint must be enabled first.
    """
    found = deliveries.get(caller.account.id, command.delivery_id)
    if found is None:
        raise DeliveryNotFoundError
    if not found.is_final:
        raise DeliveryPendingError
    if found.endpoint_id is not None:
        wanted = GetEndpoint(endpoint_id=found.endpoint_id)
        endpoint = get_endpoint(wanted, caller, endpoints=endpoints)
        if endpoint.status is not EndpointStatus.ENABLED:
            raise EndpointDisabledError
    elif found.url is None:
        raise DeliveryNotFoundError
    new_id = delivery_id(found.event_id, ids.new("rpl"))
    again = replayed(found, new_id=new_id, at=clock.now())
    deliveries.add(again)
    queue.wake(again)
    return DeliveryView(delivery=again)
