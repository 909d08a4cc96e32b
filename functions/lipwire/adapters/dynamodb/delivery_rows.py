"""Rows of deliveries; their key layout stands in `deliveries.py`."""

from datetime import UTC, datetime
from typing import Any, Final

from lipwire.adapters.dynamodb.table import entity_item, to_item
from lipwire.domain.webhooks import Delivery

#: The sort key of a delivery among the rows that bear its id.
DELIVERY: Final = "delivery"
#: Deliveries and their attempts are the customer's log for this long.
LOG_S: Final = 30 * 24 * 3600


def delivery_item(delivery: Delivery) -> dict[str, Any]:
    """The delivery itself."""
    return entity_item(
        delivery,
        pk=delivery.id,
        sk=DELIVERY,
        next_attempt_at=sortable(delivery.next_attempt_at),
        due=None if delivery.is_final else f"{delivery.account_id}#{delivery.lane}",
        expires_at=expiry(delivery),
    )


def line_item(delivery: Delivery) -> dict[str, Any]:
    """Its line in the account's list."""
    return to_item(
        {
            "pk": delivery.account_id,
            "sk": f"log#{sortable(delivery.created_at)}#{delivery.id}",
            "delivery_id": delivery.id,
            "endpoint_id": delivery.endpoint_id,
            "expires_at": expiry(delivery),
        }
    )


def place_of(claimed: Delivery) -> dict[str, str]:
    """The key of the place in flight that it holds."""
    return {"pk": claimed.account_id, "sk": f"flight#{claimed.lane}#{claimed.flight}"}


def holder_of(claimed: Delivery) -> str:
    """Who holds that place: this attempt and no other."""
    return f"{claimed.id}#{claimed.attempts}"


def expiry(delivery: Delivery) -> int:
    """When its rows leave, in seconds since 1970."""
    return int(delivery.created_at.timestamp()) + LOG_S


def sortable(moment: datetime) -> str:
    """Always the same length, so that text sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
