"""An account tries whether an endpoint hears it."""

from lipwire.domain.commands import Caller, GetEndpoint, SendTestEvent
from lipwire.domain.errors import EndpointDisabledError
from lipwire.domain.ids import EventId
from lipwire.domain.views import DeliveryView
from lipwire.domain.webhooks import TEST_TYPE, Delivery, EndpointStatus, delivery_id
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint


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
    wanted = GetEndpoint(endpoint_id=command.endpoint_id)
    endpoint = get_endpoint(wanted, caller, endpoints=endpoints)
    if endpoint.status is not EndpointStatus.ENABLED:
        raise EndpointDisabledError
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
    deliveries.add(delivery)
    queue.wake(delivery)
    return DeliveryView(delivery=delivery)
