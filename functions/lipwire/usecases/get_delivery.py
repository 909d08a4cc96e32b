"""One webhook delivery."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import GetDelivery
from lipwire.domain.errors import DeliveryNotFoundError
from lipwire.domain.views import DeliveryView
from lipwire.ports.webhooks import DeliveryStore


def get_delivery(
    command: GetDelivery, caller: Caller, *, deliveries: DeliveryStore
) -> DeliveryView:
    """The delivery with its attempts.

    Raises:
        DeliveryNotFoundError: unknown, another account's, or older than 30 days.
    """
    found = deliveries.get(caller.account.id, command.delivery_id)
    if found is None:
        raise DeliveryNotFoundError
    return DeliveryView(delivery=found, attempts=deliveries.attempts(found.id))
