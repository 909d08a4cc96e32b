"""The log of an account's webhooks."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import ListDeliveries
from lipwire.domain.views import Page
from lipwire.domain.webhooks import Delivery
from lipwire.ports.webhooks import DeliveryStore


def list_deliveries(
    command: ListDeliveries, caller: Caller, *, deliveries: DeliveryStore
) -> Page[Delivery]:
    """Deliveries of the last 30 days, newest first.

    Raises:
        InvalidCursorError: not a cursor of this account's list.
    """
    return deliveries.log(
        caller.account.id, command.wanted, limit=command.limit, cursor=command.cursor
    )
