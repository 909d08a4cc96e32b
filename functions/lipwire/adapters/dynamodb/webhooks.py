"""Webhook endpoints; the other rows of the table are those of `deliveries.py`.

Key layout
    pk = acct_…  sk = whe_…       an endpoint
"""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import (
    Transaction,
    entity_item,
    from_item,
    is_condition_failure,
    iso,
    to_item,
)
from lipwire.domain.errors import ConcurrentChangeError, EndpointNotFoundError
from lipwire.domain.events import WebhookEndpointDisabled
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, EndpointId
from lipwire.domain.webhooks import EndpointStatus, WebhookEndpoint


class DynamoEndpoints:
    """`EndpointStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str, outbox: OutboxRows) -> None:
        self._client = client
        self._table = table
        self._outbox = outbox

    def add(self, endpoint: WebhookEndpoint, *, also: Also | None = None) -> None:
        """Guarded by the new id."""
        transaction = Transaction(self._client)
        item = entity_item(endpoint, pk=endpoint.account_id, sk=endpoint.id)
        transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
        if also is not None:
            also(transaction)
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

    def replace(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Guarded by the version that was read."""
        following = endpoint.model_copy(update={"version": endpoint.version + 1})
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            entity_item(following, pk=endpoint.account_id, sk=endpoint.id),
            condition="version = :version",
            values={":version": endpoint.version},
            otherwise=ConcurrentChangeError,
        )
        transaction.commit()
        return following

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
            change=(
                "SET #status = :disabled, disabled_reason = :reason, disabled_at = :at "
                "ADD version :one"
            ),
            condition="#status = :enabled",
            names={"#status": "status"},
            values={
                ":disabled": EndpointStatus.DISABLED.value,
                ":enabled": EndpointStatus.ENABLED.value,
                ":reason": reason,
                ":at": iso(at),
                ":one": 1,
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

    def note_failure(
        self, endpoint: WebhookEndpoint, *, at: datetime, deliveries: int
    ) -> WebhookEndpoint | None:
        """Counted where it stands; the first failure's time stays."""
        changed = self._update(
            endpoint,
            "SET failing_since = if_not_exists(failing_since, :at) ADD failures :more",
            {":at": iso(at), ":more": deliveries},
        )
        return WebhookEndpoint.model_validate(from_item(changed)) if changed else None

    def note_success(self, endpoint: WebhookEndpoint) -> None:
        """Whatever was counted is forgotten."""
        self._update(endpoint, "REMOVE failing_since, failures", {})

    def _update(
        self, endpoint: WebhookEndpoint, change: str, values: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The endpoint's item after the change; None when it is gone."""
        given = {"ExpressionAttributeValues": to_item(values)} if values else {}
        try:
            changed = self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": endpoint.account_id, "sk": endpoint.id}),
                UpdateExpression=change,
                ConditionExpression="attribute_exists(pk)",
                ReturnValues="ALL_NEW",
                **given,
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                return None
            raise
        attributes: dict[str, Any] = changed["Attributes"]
        return attributes
