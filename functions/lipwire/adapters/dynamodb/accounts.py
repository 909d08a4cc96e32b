"""Accounts and API keys."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, entity_item, from_item, iso, to_item
from lipwire.domain.accounts import Account, AccountStatus
from lipwire.domain.errors import (
    AccountNotFoundError,
    ConcurrentChangeError,
    KeyEndedError,
    KeyNotFoundError,
    UnauthenticatedError,
)
from lipwire.domain.events import AccountClosed, ApiKeyRevoked
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, KeyId
from lipwire.domain.keys import ApiKey, is_public_id, whole_seconds
from lipwire.domain.plans import PlanChanges


class DynamoAccounts:
    """`AccountStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str, outbox: OutboxRows) -> None:
        self._client = client
        self._table = table
        self._active = ActiveAccounts(table=table)
        self._outbox = outbox

    def account(self, account_id: AccountId) -> Account | None:
        """The account, or None."""
        item = self._get(account_id)
        return Account.model_validate(item) if item else None

    def key(self, public_id: str) -> ApiKey | None:
        """The key's record, or None."""
        if not is_public_id(public_id):
            return None
        item = self._get(_key_pk(public_id))
        return ApiKey.model_validate(item) if item else None

    def keys(self, account_id: AccountId) -> list[ApiKey]:
        """All of the account's keys, oldest first; one that was made this second may be missing."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_account",
            KeyConditionExpression="account_id = :account",
            ExpressionAttributeValues=to_item({":account": account_id}),
        )
        found = (ApiKey.model_validate(from_item(item)) for page in pages for item in page["Items"])
        return sorted(found, key=lambda key: key.created_at)

    def ids(self) -> Iterator[AccountId]:
        """Every open account's; rows of closed ones are leaving. A scan: the table is small, and only reconcilers ask."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :prefix) AND #status = :active",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item(
                {":prefix": "acct_", ":active": AccountStatus.ACTIVE.value}
            ),
            ProjectionExpression="pk",
        )
        for page in pages:
            for item in page["Items"]:
                yield AccountId(from_item(item)["pk"])

    def add(self, account: Account, key: ApiKey) -> None:
        """Both, once."""
        transaction = Transaction(self._client)
        transaction.put_new(
            self._table, entity_item(account, pk=account.id), otherwise=ConcurrentChangeError
        )
        self._put_key(transaction, key)
        transaction.commit()

    def add_key(self, key: ApiKey, *, by: str | None, also: Also | None = None) -> None:
        """Keyed by its id, while the account is active and the key `by` is valid."""
        transaction = Transaction(self._client)
        self._active.check(transaction, key.account_id, otherwise=UnauthenticatedError)
        if by is not None:
            self._key_works(transaction, by, at=key.created_at)
        self._put_key(transaction, key)
        if also is not None:
            also(transaction)
        transaction.commit()

    def rotate_key(
        self,
        old: ApiKey,
        new: ApiKey,
        *,
        until: datetime,
        by: str | None,
        also: Also | None = None,
    ) -> None:
        """Guarded by the old key's `replaced_by`, which is written once."""
        transaction = Transaction(self._client)
        self._active.check(transaction, old.account_id, otherwise=UnauthenticatedError)
        # A transaction may touch a row once: a key that rotates itself is checked by the update.
        if by not in {None, old.public_id}:
            self._key_works(transaction, str(by), at=new.created_at)
        self._put_key(transaction, new)
        transaction.update(
            self._table,
            {"pk": _key_pk(old.public_id)},
            change="SET replaced_by = :new, valid_until = :until, expires_at = :leaves",
            condition=f"attribute_not_exists(replaced_by) AND {_WORKS}",
            values={
                ":new": new.public_id,
                ":until": iso(until),
                ":leaves": _leaves(until),
                ":now": iso(whole_seconds(new.created_at)),
            },
            otherwise=KeyEndedError,
        )
        if also is not None:
            also(transaction)
        transaction.commit()

    def revoke(self, public_id: str, *, at: datetime, by: str | None = None) -> None:
        """The key opens nothing any more, and `ApiKeyRevoked` is told; once, the first revocation's time stays."""
        key = self.key(public_id)
        if key is None:
            raise KeyNotFoundError
        if key.revoked_at is not None:
            return
        transaction = Transaction(self._client)
        if by not in {None, public_id}:
            self._key_works(transaction, str(by), at=at)
        transaction.update(
            self._table,
            {"pk": _key_pk(public_id)},
            change="SET revoked_at = :at, expires_at = :leaves",
            condition="attribute_exists(pk) AND attribute_not_exists(revoked_at)",
            values={":at": iso(at), ":leaves": _leaves(at)},
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

    def close(self, account_id: AccountId, *, by: str | None, at: datetime) -> None:
        """Once: its first time stays. What tells of it may be told again."""
        transaction = Transaction(self._client)
        if by is not None:
            self._key_works(transaction, by, at=at)
        transaction.update(
            self._table,
            {"pk": account_id},
            change="SET #status = :closed, closed_at = if_not_exists(closed_at, :at)",
            condition="attribute_exists(pk)",
            names={"#status": "status"},
            values={":closed": AccountStatus.CLOSED.value, ":at": iso(at)},
            otherwise=AccountNotFoundError,
        )
        self._outbox.event(
            transaction,
            AccountClosed(by=KeyId(by) if by else None),
            account_id=account_id,
            correlation_id=account_id,
            at=at,
        )
        transaction.commit()

    def set_plan(self, account_id: AccountId, plan: str, changes: PlanChanges) -> None:
        """In force within 60 s: that long a caller is remembered."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": account_id},
            change="SET #plan = :plan, limit_changes = :changes",
            condition="attribute_exists(pk)",
            names={"#plan": "plan"},
            values={":plan": plan, ":changes": changes.model_dump(exclude_none=True)},
            otherwise=UnauthenticatedError,
        )
        transaction.commit()

    def still_valid(
        self, transaction: Transaction, account_id: AccountId, public_id: str, *, at: datetime
    ) -> None:
        """Let a transaction stand only while key and account are valid: a remembered caller can't spend (D13)."""
        self._key_works(transaction, public_id, at=at)
        self._active.check(transaction, account_id, otherwise=UnauthenticatedError)

    def replace_webhook_secret(
        self, account: Account, *, before: str, also: Also | None = None
    ) -> None:
        """Guarded by the secret that it replaces."""
        transaction = Transaction(self._client)
        old = [one.model_dump(mode="json") for one in account.old_webhook_secrets]
        transaction.update(
            self._table,
            {"pk": account.id},
            change="SET webhook_secret = :new, old_webhook_secrets = :old",
            condition="webhook_secret = :before",
            values={":new": account.webhook_secret, ":old": old, ":before": before},
            otherwise=ConcurrentChangeError,
        )
        if also is not None:
            also(transaction)
        transaction.commit()

    def webhook_secrets(self, account_id: AccountId, at: datetime) -> tuple[str, ...]:
        """What signs webhooks of jobs with a `webhook_url` of their own, the current one first."""
        account = self.account(account_id)
        return account.webhook_secrets(at) if account else ()

    def _key_works(self, transaction: Transaction, public_id: str, *, at: datetime) -> None:
        transaction.check(
            self._table,
            {"pk": _key_pk(public_id)},
            condition=_WORKS,
            values={":now": iso(whole_seconds(at))},
            otherwise=UnauthenticatedError,
        )

    def _put_key(self, transaction: Transaction, key: ApiKey) -> None:
        transaction.put_new(
            self._table,
            entity_item(
                key,
                pk=_key_pk(key.public_id),
                expires_at=_leaves(key.valid_until) if key.valid_until else None,
            ),
            otherwise=ConcurrentChangeError,
        )

    def _get(self, pk: str) -> dict[str, Any] | None:
        # Consistently: what a key may change is asked right after it may have been revoked.
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": pk}), ConsistentRead=True
        )
        return from_item(found["Item"]) if "Item" in found else None


#: How long an ended key is still listed.
_LISTED_FOR: Final = timedelta(days=90)
#: Of a key's row. Ends are whole seconds, so their texts sort as they follow each other.
_WORKS: Final = (
    "attribute_exists(pk) AND attribute_not_exists(revoked_at)"
    " AND (attribute_not_exists(valid_until) OR valid_until > :now)"
)


def _leaves(ended: datetime) -> int:
    return int((ended + _LISTED_FOR).timestamp())


def _key_pk(public_id: str) -> str:
    return f"key#{public_id}"
