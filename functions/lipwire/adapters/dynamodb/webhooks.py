"""Webhook endpoints, deliveries and attempts.

Key layout of the webhooks table
    pk = acct_…  sk = whe_…       an endpoint
    pk = dlv_…   sk = delivery    a delivery; while pending also in due(due = "1", next_attempt_at)
    pk = dlv_…   sk = att#01      an attempt
"""

from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import (
    Transaction,
    entity_item,
    from_item,
    is_condition_failure,
    to_item,
)
from lipwire.domain.errors import ConcurrentChangeError, EndpointNotFoundError
from lipwire.domain.events import WebhookEndpointDisabled
from lipwire.domain.ids import AccountId, EndpointId
from lipwire.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    EndpointStatus,
    WebhookEndpoint,
)

_DELIVERY: Final = "delivery"
#: Deliveries and their attempts are the customer's log for this long.
_LOG_S: Final = 30 * 24 * 3600


class DynamoEndpoints:
    """`EndpointStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str, outbox: OutboxRows) -> None:
        self._client = client
        self._table = table
        self._outbox = outbox

    def add(self, endpoint: WebhookEndpoint) -> None:
        """Guarded by the new id."""
        transaction = Transaction(self._client)
        item = entity_item(endpoint, pk=endpoint.account_id, sk=endpoint.id)
        transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
        transaction.commit()

    def get(self, account_id: AccountId, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, read consistently, or None."""
        found = self._client.get_item(
            TableName=self._table,
            Key=to_item({"pk": account_id, "sk": endpoint_id}),
            ConsistentRead=True,
        )
        return WebhookEndpoint.model_validate(from_item(found["Item"])) if "Item" in found else None

    def list(self, account_id: AccountId) -> tuple[WebhookEndpoint, ...]:
        """All of them: ids sort by time, so the oldest comes first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :account AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":account": account_id, ":prefix": "whe_"}),
            ConsistentRead=True,
        )
        return tuple(
            WebhookEndpoint.model_validate(from_item(item))
            for page in pages
            for item in page["Items"]
        )

    def delete(self, account_id: AccountId, endpoint_id: EndpointId) -> None:
        """Guarded by its being there."""
        transaction = Transaction(self._client)
        key = {"pk": account_id, "sk": endpoint_id}
        transaction.delete(self._table, key, otherwise=EndpointNotFoundError)
        transaction.commit()

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        """Guarded by `enabled`, with the fact in the same transaction."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": endpoint.account_id, "sk": endpoint.id},
            change="SET #status = :disabled, disabled_reason = :reason",
            condition="#status = :enabled",
            names={"#status": "status"},
            values={
                ":disabled": EndpointStatus.DISABLED.value,
                ":enabled": EndpointStatus.ENABLED.value,
                ":reason": reason,
            },
            otherwise=ConcurrentChangeError,
        )
        self._outbox.event(
            transaction,
            WebhookEndpointDisabled(endpoint_id=endpoint.id, reason=reason),
            account_id=endpoint.account_id,
            correlation_id=endpoint.id,
            at=at,
        )
        try:
            transaction.commit()
        except ConcurrentChangeError:
            return False
        return True


class DynamoDeliveries:
    """`DeliveryStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, delivery: Delivery) -> bool:
        """Guarded by the delivery's id."""
        transaction = Transaction(self._client)
        transaction.put_new(self._table, _delivery_item(delivery), otherwise=ConcurrentChangeError)
        try:
            transaction.commit()
        except ConcurrentChangeError:
            return False
        return True

    def claim(self, delivery_id: DeliveryId, *, at: datetime, until: datetime) -> Delivery | None:
        """Guarded by `pending` and by its time: of two workers at once, one moves the time and the other finds it moved.

        When the answer to a claim is lost, the SDK's own repeat finds it moved too; the attempt counts as made and
        the sweeper begins the next one at `until`.
        """
        try:
            changed = self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": delivery_id, "sk": _DELIVERY}),
                UpdateExpression="SET next_attempt_at = :until ADD attempts :one",
                ConditionExpression="#status = :pending AND next_attempt_at <= :at",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=to_item(
                    {
                        ":until": _sortable(until),
                        ":at": _sortable(at),
                        ":one": 1,
                        ":pending": DeliveryStatus.PENDING.value,
                    }
                ),
                ReturnValues="ALL_NEW",
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                return None
            raise
        return Delivery.model_validate(from_item(changed["Attributes"]))

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        """Guarded by the attempt's number: a worker that was given up for dead changes nothing."""
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            _delivery_item(delivery),
            condition="#status = :pending AND attempts = :attempts",
            names={"#status": "status"},
            values={":pending": DeliveryStatus.PENDING.value, ":attempts": delivery.attempts},
            otherwise=ConcurrentChangeError,
        )
        if attempt is not None:
            item = entity_item(
                attempt,
                pk=delivery.id,
                sk=f"att#{attempt.number:02d}",
                expires_at=_expiry(delivery),
            )
            transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
        try:
            transaction.commit()
        except ConcurrentChangeError:
            return False
        return True

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        """From the index, which may lag a moment."""
        found = self._client.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due = :due AND next_attempt_at <= :at",
            ExpressionAttributeValues=to_item({":due": "1", ":at": _sortable(at)}),
            Limit=limit,
        )
        return tuple(Delivery.model_validate(from_item(item)) for item in found["Items"])


def _delivery_item(delivery: Delivery) -> dict[str, Any]:
    return entity_item(
        delivery,
        pk=delivery.id,
        sk=_DELIVERY,
        next_attempt_at=_sortable(delivery.next_attempt_at),
        due="1" if delivery.status is DeliveryStatus.PENDING else None,
        expires_at=_expiry(delivery),
    )


def _expiry(delivery: Delivery) -> int:
    return int(delivery.created_at.timestamp()) + _LOG_S


def _sortable(moment: datetime) -> str:
    """Always the same length, so that text sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
