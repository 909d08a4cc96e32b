"""The ledger's rows: entries as they are written and read."""

from typing import Any, Final

from lipwire.adapters.dynamodb.table import Transaction, from_item, to_item
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import LipwireError
from lipwire.domain.ids import AccountId, JobId
from lipwire.domain.ledger import Entry, JobMoney, Totals, by_job, end_key, hold_key, refund_key
from lipwire.domain.views import Balance, Page

BALANCE: Final = "BALANCE"


class EntryExistsError(LipwireError):
    """The entry was written before: this movement has happened."""


class LedgerRows:
    """What can be read of the ledger, and the one way to write an entry."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def balance(self, account_id: AccountId) -> Balance:
        """What the account owns now."""
        cache = self.totals(account_id)
        return Balance(balance=Millicredits(cache.balance), held=Millicredits(cache.held))

    def totals(self, account_id: AccountId) -> Totals:
        """The account's row as it is; its version grows with every movement."""
        item = self._get(account_id, BALANCE) or {}
        return Totals(**{name: item.get(name, 0) for name in Totals._fields})

    def entries(self, account_id: AccountId) -> tuple[Entry, ...]:
        """Every entry of the account, oldest key first."""
        return self._query(account_id, "")

    def of_job(self, account_id: AccountId, job_id: JobId) -> JobMoney:
        """All that the ledger says of one job."""
        found = [
            entry
            for prefix in (hold_key(job_id, 0)[:-1], refund_key(job_id, 0)[:-1])
            for entry in self._query(account_id, prefix)
        ]
        end = self.entry_at(account_id, end_key(job_id))
        return by_job([*found, end] if end else found).get(job_id, JobMoney())

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Entry]:
        """One page, newest first; an entry may come into it a moment after it was written."""
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by_time",
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": account_id}),
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        if cursor is not None:
            key = cursor.partition(" ")[2]
            query["ExclusiveStartKey"] = to_item({"pk": account_id, "sk": key, "listed_at": cursor})
        rows = [from_item(item) for item in self._client.query(**query)["Items"]]
        following = None
        if len(rows) > limit:
            following = rows[limit - 1]["listed_at"]
        return Page(tuple(_entry(row) for row in rows[:limit]), following)

    def list_anew(self, account_id: AccountId) -> None:
        """Every entry of the account is in its list: those that were written before there was one too."""
        for entry in self.entries(account_id):
            transaction = Transaction(self._client)
            transaction.update(
                self._table,
                {"pk": account_id, "sk": entry.key},
                change="SET listed_at = :at",
                condition="attribute_not_exists(listed_at)",
                values={":at": _listed_at(entry)},
                otherwise=EntryExistsError,
            )
            transaction.commits(EntryExistsError)

    def put(self, transaction: Transaction, entry: Entry) -> None:
        row = entry.model_dump(mode="json", exclude={"account_id", "key"})
        keys = {"pk": entry.account_id, "sk": entry.key, "listed_at": _listed_at(entry)}
        transaction.put_new(self._table, to_item({**row, **keys}), otherwise=EntryExistsError)

    def _query(self, account_id: AccountId, prefix: str) -> tuple[Entry, ...]:
        condition, values = "pk = :pk", {":pk": str(account_id)}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", values | {":sk": prefix}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ConsistentRead=True,
        )
        rows = (from_item(item) for page in pages for item in page["Items"])
        return tuple(_entry(row) for row in rows if row["sk"] != BALANCE)

    def entry_at(self, account_id: AccountId, key: str) -> Entry | None:
        row = self._get(account_id, key)
        return _entry(row) if row else None

    def _get(self, account_id: AccountId, key: str) -> dict[str, Any] | None:
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": account_id, "sk": key}), ConsistentRead=True
        )
        return from_item(found["Item"]) if "Item" in found else None


def _listed_at(entry: Entry) -> str:
    """Fixed width, so that the index sorts by time; the key makes it unique, and lets a cursor find its row."""
    return f"{entry.created_at:%Y-%m-%dT%H:%M:%S.%f} {entry.key}"


def _entry(row: dict[str, Any]) -> Entry:
    return Entry.model_validate({**row, "account_id": row["pk"], "key": row["sk"]})
