"""An account asks for one webhook again."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import ReplayDelivery
from lipwire.domain.errors import DeliveryNotFoundError, DeliveryPendingError
from lipwire.domain.views import DeliveryView
from lipwire.domain.webhooks import replayed
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_enabled_endpoint import get_enabled_endpoint


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
        get_enabled_endpoint(found.endpoint_id, caller, endpoints=endpoints)
    elif found.url is None:
        raise DeliveryNotFoundError
    again = replayed(found, key=ids.new("rpl"), at=clock.now())
    view = DeliveryView(delivery=again)
    deliveries.add(again, also=caller.also(view))
    queue.wake(again)
    return view
