"""An account tries whether an endpoint hears it."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import SendTestEvent
from lipwire.domain.ids import EventId
from lipwire.domain.views import DeliveryView
from lipwire.domain.webhooks import TEST_TYPE, Delivery, delivery_id
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_enabled_endpoint import get_enabled_endpoint


def send_test_event(
    command: SendTestEvent,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    clock: Clock,
    ids: IdSource,
) -> DeliveryView:
    """A delivery of one attempt, signed like any other, that no filter holds back and no failure counts.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        EndpointDisabledError: it must be enabled first.
    """
    endpoint = get_enabled_endpoint(command.endpoint_id, caller, endpoints=endpoints)
    now, event_id = clock.now(), EventId(ids.new("evt"))
    delivery = Delivery(
        id=delivery_id(event_id, endpoint.id),
        account_id=endpoint.account_id,
        event_id=event_id,
        type=TEST_TYPE,
        occurred_at=now,
        data={"endpoint_id": endpoint.id},
        endpoint_id=endpoint.id,
        max_attempts=1,
        next_attempt_at=now,
        created_at=now,
    )
    view = DeliveryView(delivery=delivery)
    deliveries.add(delivery, also=caller.also(view))
    queue.wake(delivery)
    return view
