"""Accounts and API keys."""

from datetime import datetime
from typing import Any

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, entity_item, from_item, iso, to_item
from lipwire.domain.accounts import Account, ApiKey
from lipwire.domain.errors import ConcurrentChangeError, UnauthenticatedError
from lipwire.domain.events import ApiKeyRevoked
from lipwire.domain.ids import AccountId, KeyId


class DynamoAccounts:
    """`AccountStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str, outbox: OutboxRows) -> None:
        self._client = client
        self._table = table
        self._outbox = outbox

    def account(self, account_id: AccountId) -> Account | None:
        """The account, or None."""
        item = self._get(account_id)
        return Account.model_validate(item) if item else None

    def key(self, public_id: str) -> ApiKey | None:
        """The key's record, or None."""
        item = self._get(_key_pk(public_id))
        return ApiKey.model_validate(item) if item else None

    def add(self, account: Account, key: ApiKey) -> None:
        """Both, once."""
        transaction = Transaction(self._client)
        transaction.put_new(
            self._table, entity_item(account, pk=account.id), otherwise=ConcurrentChangeError
        )
        transaction.put_new(
            self._table,
            entity_item(key, pk=_key_pk(key.public_id)),
            otherwise=ConcurrentChangeError,
        )
        transaction.commit()

    def revoke(self, public_id: str, *, at: datetime) -> None:
        """The key opens nothing any more, and `ApiKeyRevoked` is told; once, the first revocation's time stays.

        Raises:
            ConcurrentChangeError: there is no such key.
        """
        key = self.key(public_id)
        if key is None:
            raise ConcurrentChangeError("There is no such key.")
        if key.revoked_at is not None:
            return
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": _key_pk(public_id)},
            change="SET revoked_at = :at",
            condition="attribute_exists(pk) AND attribute_not_exists(revoked_at)",
            values={":at": iso(at)},
            otherwise=ConcurrentChangeError,
        )
        self._outbox.event(
            transaction,
            ApiKeyRevoked(key_id=KeyId(public_id)),
            account_id=key.account_id,
            correlation_id=public_id,
            at=at,
        )
        transaction.commit()

    def still_valid(self, transaction: Transaction, public_id: str) -> None:
        """Let a transaction stand only while this key is not revoked: a remembered key can't spend (D13)."""
        transaction.check(
            self._table,
            {"pk": _key_pk(public_id)},
            condition="attribute_exists(pk) AND attribute_not_exists(revoked_at)",
            otherwise=UnauthenticatedError,
        )

    def webhook_secret(self, account_id: AccountId) -> str | None:
        """The secret that signs webhooks of jobs with a `webhook_url` of their own."""
        account = self.account(account_id)
        return account.webhook_secret if account else None

    def _get(self, pk: str) -> dict[str, Any] | None:
        found = self._client.get_item(TableName=self._table, Key=to_item({"pk": pk}))
        return from_item(found["Item"]) if "Item" in found else None


def _key_pk(public_id: str) -> str:
    return f"key#{public_id}"
