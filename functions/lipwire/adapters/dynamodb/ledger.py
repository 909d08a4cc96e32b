"""The ledger: append-only entries, and the balance as a cache of them."""

from datetime import datetime
from typing import Any

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, from_item, iso, to_item
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import ConcurrentChangeError, InsufficientCreditsError, LipwireError
from lipwire.domain.events import BalanceLow
from lipwire.domain.ids import AccountId, JobId
from lipwire.domain.views import Balance

_BALANCE = "BALANCE"


class EntryExistsError(LipwireError):
    """The entry was written before: this movement has happened."""


class DynamoLedger:
    """`Ledger` on DynamoDB, and the ledger's share of other stores' transactions."""

    def __init__(self, client: Any, *, table: str, outbox: OutboxRows) -> None:
        self._client = client
        self._table = table
        self._outbox = outbox

    def balance(self, account_id: AccountId) -> Balance:
        """What the account owns now."""
        found = self._client.get_item(
            TableName=self._table,
            Key=to_item({"pk": account_id, "sk": _BALANCE}),
            ConsistentRead=True,
        )
        item = from_item(found.get("Item", {}))
        return Balance(
            balance=Millicredits(item.get("balance", 0)), held=Millicredits(item.get("held", 0))
        )

    def entries(self, account_id: AccountId) -> list[dict[str, Any]]:
        """Every entry of the account, oldest key first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": account_id}),
            ConsistentRead=True,
        )
        rows = (from_item(item) for page in pages for item in page["Items"])
        return [row for row in rows if row["sk"] != _BALANCE]

    def grant(
        self, account_id: AccountId, amount: Millicredits, *, grant_id: str, at: datetime
    ) -> None:
        """Idempotent: the same `grant_id` counts once."""
        transaction = Transaction(self._client)
        self._entry(transaction, account_id, f"GRANT#{grant_id}", "GRANT", amount, at)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": _BALANCE},
            change="ADD balance :amount, available :amount, held :zero, version :one "
            "REMOVE told_low_at",
            condition="attribute_not_exists(closed)",
            values={":amount": amount, ":zero": 0, ":one": 1},
            otherwise=InsufficientCreditsError,
        )
        try:
            transaction.commit()
        except EntryExistsError:
            return

    def tell_if_low(self, account_id: AccountId, *, threshold: Millicredits, at: datetime) -> bool:
        """`BalanceLow`, where less than `threshold` is left; once until credits are granted again."""
        balance = self.balance(account_id).balance
        if balance >= threshold:
            return False
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": _BALANCE},
            change="SET told_low_at = :at",
            condition="balance < :threshold AND attribute_not_exists(told_low_at)",
            values={":at": iso(at), ":threshold": threshold},
            otherwise=ConcurrentChangeError,
        )
        self._outbox.event(
            transaction,
            BalanceLow(balance_millicredits=balance, threshold_millicredits=threshold),
            account_id=account_id,
            correlation_id=account_id,
            at=at,
        )
        try:
            transaction.commit()
        except ConcurrentChangeError:
            return False
        return True

    def hold(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        amount: Millicredits,
        *,
        number: int,
        at: datetime,
    ) -> None:
        """Guarded by the entry's key and by `available`."""
        self._entry(transaction, account_id, f"HOLD#{job_id}#{number}", "HOLD", amount, at, job_id)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": _BALANCE},
            change="ADD available :minus, held :amount, version :one",
            condition="available >= :amount",
            values={":amount": amount, ":minus": -amount, ":one": 1},
            otherwise=InsufficientCreditsError,
        )

    def settle(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        *,
        charge: Millicredits,
        held: Millicredits,
        at: datetime,
    ) -> None:
        """Guarded by the one END entry a job can have: the hold ends, `charge` of it is spent."""
        self._entry(transaction, account_id, f"END#{job_id}", "SETTLE", charge, at, job_id)
        self._end_hold(transaction, account_id, charge=charge, held=held)

    def release(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        *,
        held: Millicredits,
        at: datetime,
    ) -> None:
        """Guarded by the one END entry a job can have: the hold ends, nothing is spent."""
        self._entry(transaction, account_id, f"END#{job_id}", "RELEASE", held, at, job_id)
        self._end_hold(transaction, account_id, charge=Millicredits(0), held=held)

    def _end_hold(
        self,
        transaction: Transaction,
        account_id: AccountId,
        *,
        charge: Millicredits,
        held: Millicredits,
    ) -> None:
        transaction.update(
            self._table,
            {"pk": account_id, "sk": _BALANCE},
            change="ADD balance :spent, held :unheld, available :returned, version :one",
            condition="held >= :held",
            values={
                ":spent": -charge,
                ":unheld": -held,
                ":held": held,
                ":returned": held - charge,
                ":one": 1,
            },
            otherwise=EntryExistsError,
        )

    def _entry(
        self,
        transaction: Transaction,
        account_id: AccountId,
        sk: str,
        kind: str,
        amount: Millicredits,
        at: datetime,
        job_id: JobId | None = None,
    ) -> None:
        transaction.put_new(
            self._table,
            to_item(
                {
                    "pk": account_id,
                    "sk": sk,
                    "kind": kind,
                    "amount_millicredits": amount,
                    "job_id": job_id,
                    "created_at": iso(at),
                }
            ),
            otherwise=EntryExistsError,
        )
