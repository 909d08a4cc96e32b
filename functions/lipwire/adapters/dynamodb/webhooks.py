"""Webhook endpoints; the other rows of the table are those of `deliveries.py`.

Key layout
    pk = acct_…  sk = whe_…       an endpoint
"""

from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import (
    Transaction,
    entity_item,
    from_item,
    is_condition_failure,
    iso,
    readable,
    to_item,
)
from lipwire.domain.errors import ConcurrentChangeError, EndpointNotFoundError, UnauthenticatedError
from lipwire.domain.events import WebhookEndpointDisabled
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, EndpointId, is_id
from lipwire.domain.webhooks import EndpointStatus, WebhookEndpoint

#: What deliveries count; an owner's change leaves it alone.
_COUNTED: Final = {"failing_since", "failures"}
_NOT_THE_OWNERS: Final = _COUNTED | {"id", "account_id", "created_at"}


class DynamoEndpoints:
    """`EndpointStore` on DynamoDB."""

    def __init__(
        self, client: Any, *, table: str, accounts: ActiveAccounts, outbox: OutboxRows
    ) -> None:
        self._client = client
        self._table = table
        self._accounts = accounts
        self._outbox = outbox

    def add(self, endpoint: WebhookEndpoint, *, also: Also | None = None) -> None:
        """Guarded by the new id, while the account is active."""
        transaction = Transaction(self._client)
        item = entity_item(endpoint, pk=endpoint.account_id, sk=endpoint.id)
        transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
        self._accounts.check(transaction, endpoint.account_id, otherwise=UnauthenticatedError)
        if also is not None:
            also(transaction)
        transaction.commit()

    def get(self, account_id: AccountId, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, read consistently, or None."""
        if not is_id(endpoint_id, "whe"):
            return None
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
        items = (from_item(item) for page in pages for item in page["Items"])
        return tuple(readable(items, WebhookEndpoint))

    def replace(
        self, endpoint: WebhookEndpoint, *, afresh: bool = False, also: Also | None = None
    ) -> WebhookEndpoint:
        """Guarded by the version that was read; only what is the owner's is written."""
        following = endpoint.model_copy(update={"version": endpoint.version + 1})
        said = following.model_dump(mode="json", exclude=_NOT_THE_OWNERS)
        gone = {name for name, value in said.items() if value is None}
        gone |= _COUNTED if afresh else set()
        kept = {name: value for name, value in said.items() if value is not None}
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if gone:
            change += " REMOVE " + ", ".join(f"#{name}" for name in sorted(gone))
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": endpoint.account_id, "sk": endpoint.id},
            change=change,
            condition="#version = :before",
            names={f"#{name}": name for name in (*kept, *gone)},
            values={":before": endpoint.version, **{f":{name}": kept[name] for name in kept}},
            otherwise=ConcurrentChangeError,
        )
        if also is not None:
            also(transaction)
        transaction.commit()
        return following

    def delete(self, account_id: AccountId, endpoint_id: EndpointId) -> None:
        """Guarded by its being there."""
        if not is_id(endpoint_id, "whe"):
            raise EndpointNotFoundError
        transaction = Transaction(self._client)
        key = {"pk": account_id, "sk": endpoint_id}
        transaction.delete(self._table, key, otherwise=EndpointNotFoundError)
        transaction.commit()

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        """Guarded by `enabled` and the URL, with the fact in the same transaction."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": endpoint.account_id, "sk": endpoint.id},
            change=(
                "SET #status = :disabled, disabled_reason = :reason, disabled_at = :at "
                "ADD version :one"
            ),
            condition="#status = :enabled AND #url = :url",
            names={"#status": "status", "#url": "url"},
            values={
                ":disabled": EndpointStatus.DISABLED.value,
                ":enabled": EndpointStatus.ENABLED.value,
                ":reason": reason,
                ":url": endpoint.url,
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
        return transaction.commits(ConcurrentChangeError)

    def note_failure(
        self, endpoint: WebhookEndpoint, *, at: datetime, deliveries: int
    ) -> WebhookEndpoint | None:
        """Counted where it stands, guarded by the URL; the first failure's time stays."""
        changed = self._update(
            endpoint,
            "SET failing_since = if_not_exists(failing_since, :at) ADD failures :more",
            {":at": iso(at), ":more": deliveries},
        )
        return WebhookEndpoint.model_validate(from_item(changed)) if changed else None

    def note_success(self, endpoint: WebhookEndpoint) -> None:
        """Whatever was counted of this URL is forgotten."""
        self._update(endpoint, "REMOVE failing_since, failures", {})

    def _update(
        self, endpoint: WebhookEndpoint, change: str, values: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The endpoint's item after the change; None when it is gone, or at another URL."""
        try:
            changed = self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": endpoint.account_id, "sk": endpoint.id}),
                UpdateExpression=change,
                ConditionExpression="#url = :url",
                ExpressionAttributeNames={"#url": "url"},
                ExpressionAttributeValues=to_item({**values, ":url": endpoint.url}),
                ReturnValues="ALL_NEW",
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                return None
            raise
        attributes: dict[str, Any] = changed["Attributes"]
        return attributes
