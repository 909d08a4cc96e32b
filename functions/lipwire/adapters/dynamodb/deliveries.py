"""Deliveries, their attempts, their accounts' places in flight and lists.

Key layout, in the webhooks table
    pk = dlv_…   sk = delivery          a delivery; while pending also in due("acct_…#live", next_attempt_at)
    pk = dlv_…   sk = att#01            an attempt
    pk = acct_…  sk = log#<time>#dlv_…  the account's list of deliveries, oldest first
    pk = acct_…  sk = flight#live#0     a place in flight, leased until `busy_until`
    pk = acct_…  sk = clock             says that the account has pending deliveries; in due("accounts#0", when to look)

The index has a partition per account and lane, so a crowd of one account's deliveries stands before nobody else's; the
sweeper asks for accounts, not for deliveries, and moves each account on as it looks after it.
"""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.delivery_log import DeliveryLog
from lipwire.adapters.dynamodb.delivery_rows import (
    DELIVERY,
    delivery_item,
    expiry,
    holder_of,
    line_item,
    place_of,
    sortable,
)
from lipwire.adapters.dynamodb.table import (
    Transaction,
    entity_item,
    from_item,
    is_condition_failure,
    readable,
    to_item,
)
from lipwire.domain.errors import AccountNotFoundError, BusyError, ConcurrentChangeError
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, is_id
from lipwire.domain.webhooks import (
    IN_FLIGHT,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    Lane,
    begun,
)
from lipwire.ports import Clock

#: The accounts' partitions of the index: one would bound how many accounts can be marked in a second.
_SHARDS: Final = 8
_LOOK_AGAIN: Final = timedelta(minutes=1)
#: A mark younger than this is not written again; one older than the other, of an account with nothing pending, goes.
_FRESH: Final = timedelta(minutes=10)
_FORGET: Final = timedelta(hours=1)
#: Pages of due rows that are turned for as many readable ones as were asked for.
_DUE_QUERIES: Final = 20
#: Two items each, one for their account and one for an answer that is kept: a transaction holds a hundred.
_ADDED_AT_ONCE: Final = 49


class _PlaceTakenError(ConcurrentChangeError):
    """Another worker was quicker to this place."""


class DynamoDeliveries(DeliveryLog):
    """`DeliveryStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str, accounts: ActiveAccounts, clock: Clock) -> None:
        super().__init__(client, table=table)
        self._accounts = accounts
        self._clock = clock

    def add(self, delivery: Delivery, *, also: Also | None = None) -> bool:
        """Guarded by the delivery's id; its account is marked before, so that no crash hides it from the sweeper."""
        try:
            self.add_all([delivery], also=also)
        except ConcurrentChangeError:
            return False
        return True

    def add_all(self, deliveries: Sequence[Delivery], *, also: Also | None = None) -> None:
        """Guarded like one, while their account is active; as many in a transaction as it takes."""
        if also is not None and len(deliveries) > _ADDED_AT_ONCE:
            raise ValueError("more than one transaction takes")
        for account_id in {one.account_id for one in deliveries if not one.is_final}:
            self._mark(account_id)
        # What goes with none is written all the same.
        for start in range(0, len(deliveries) or int(also is not None), _ADDED_AT_ONCE):
            transaction, some = (
                Transaction(self._client),
                deliveries[start : start + _ADDED_AT_ONCE],
            )
            for account_id in sorted({one.account_id for one in some}):
                self._accounts.check(transaction, account_id)
            for delivery in some:
                for item in (delivery_item(delivery), line_item(delivery)):
                    transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
            if also is not None:
                also(transaction)
            transaction.commit()

    def get(self, account_id: AccountId, delivery_id: DeliveryId) -> Delivery | None:
        """Read consistently; another account's is not there."""
        found = self._read(delivery_id)
        return found if found is not None and found.account_id == account_id else None

    def attempts(self, delivery_id: DeliveryId) -> tuple[Attempt, ...]:
        """At most ten."""
        found = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": delivery_id, ":prefix": "att#"}),
            ConsistentRead=True,
        )
        return tuple(Attempt.model_validate(from_item(item)) for item in found["Items"])

    def claim(self, delivery_id: DeliveryId, *, at: datetime, until: datetime) -> Delivery | None:
        """Row and place in one transaction, each guarded by its time.

        Of two workers at once, one moves the row's time and the other finds it moved; of two deliveries that want the
        same place, the later one tries another.
        """
        row = self._read(delivery_id)
        if row is None or row.is_final or row.next_attempt_at > at:
            return None
        free = self._free_places(row, at)
        # Each delivery begins elsewhere: a crowd that tried the same place first would meet there.
        first = zlib.crc32(row.id.encode()) % max(1, len(free))
        for place in (*free[first:], *free[:first]):
            claimed = begun(row, at=at, until=until, flight=place)
            try:
                self._take(row, claimed, at=at, until=until)
            except _PlaceTakenError:
                continue
            except ConcurrentChangeError:
                return None
            return claimed
        return None

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        """Guarded by the attempt's number: a worker that was given up for dead changes nothing.

        Nor does one whose account was closed meanwhile: there will be no next attempt.
        """
        try:
            if not delivery.is_final:
                self._mark(delivery.account_id)
        except AccountNotFoundError:
            return False
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            delivery_item(delivery.model_copy(update={"flight": None})),
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
                expires_at=expiry(delivery),
            )
            transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
        return transaction.commits(ConcurrentChangeError)

    def release(self, claimed: Delivery) -> None:
        """Guarded by its holder: a place that was given to another is left alone."""
        if claimed.flight is None:
            return
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=to_item(place_of(claimed)),
                ConditionExpression="holder = :holder",
                ExpressionAttributeValues=to_item({":holder": holder_of(claimed)}),
            )
        except ClientError as exc:
            if not is_condition_failure(exc):
                raise

    def due(
        self, account_id: AccountId, lane: Lane, *, at: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        """From the index, which may lag a moment; rows that can't be read are passed over, not stopped at."""
        found: list[Delivery] = []
        after: dict[str, Any] | None = None
        for _ in range(_DUE_QUERIES):
            rows, after = self._due_page(f"{account_id}#{lane}", at=at, limit=limit, after=after)
            found += readable(rows, Delivery)
            if len(found) >= limit or after is None:
                break
        return tuple(found[:limit])

    def waiting_accounts(self, *, at: datetime, limit: int) -> tuple[AccountId, ...]:
        """The same share of each partition, so that none is neglected."""
        found = [
            clock
            for shard in range(_SHARDS)
            for clock in self._due(f"accounts#{shard}", at=at, limit=-(-limit // _SHARDS))
        ]
        found.sort(key=lambda clock: str(clock["next_attempt_at"]))
        return tuple(AccountId(clock["pk"]) for clock in found)

    def looked_after(self, account_id: AccountId, *, at: datetime) -> None:
        """The account's clock moves on, or goes with its last pending delivery, an hour later: the index may lag."""
        is_idle = not any(
            self._due(f"{account_id}#{lane}", at=datetime.max.replace(tzinfo=UTC), limit=1)
            for lane in Lane
        )
        if is_idle and self._change_clock(
            self._client.delete_item,
            account_id,
            ConditionExpression="marked_at < :old",
            ExpressionAttributeValues=to_item({":old": sortable(at - _FORGET)}),
        ):
            return
        self._change_clock(
            self._client.update_item,
            account_id,
            UpdateExpression="SET next_attempt_at = :next",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=to_item({":next": sortable(at + _LOOK_AGAIN)}),
        )

    def _mark(self, account_id: AccountId) -> None:
        """The sweeper must look after this account, from a minute ahead on; refused for one that is closed."""
        now = self._clock.now()
        mark = {
            "marked_at": sortable(now),
            "due": f"accounts#{zlib.crc32(account_id.encode()) % _SHARDS}",
        }
        stands = self._change_clock(
            self._client.update_item,
            account_id,
            UpdateExpression="SET marked_at = :marked_at, due = :due",
            ConditionExpression="marked_at < :fresh",
            ExpressionAttributeValues=to_item(
                {":fresh": sortable(now - _FRESH), **{f":{name}": mark[name] for name in mark}}
            ),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        if stands:
            return
        transaction = Transaction(self._client)
        self._accounts.check(transaction, account_id)
        transaction.put_new(
            self._table,
            to_item(
                {
                    "pk": account_id,
                    "sk": "clock",
                    **mark,
                    "next_attempt_at": sortable(now + _LOOK_AGAIN),
                }
            ),
            otherwise=ConcurrentChangeError,
        )
        # Somebody else's mark of this moment is as good.
        transaction.commits(ConcurrentChangeError)

    def _change_clock(self, write: Any, account_id: AccountId, **change: Any) -> bool:
        """Whether it was changed, or, where the row that refuses is asked for, stands as it should."""
        key = to_item({"pk": account_id, "sk": "clock"})
        try:
            write(TableName=self._table, Key=key, **change)
        except ClientError as exc:
            if is_condition_failure(exc):
                return bool(exc.response.get("Item"))
            raise BusyError from exc
        except BotoCoreError as exc:
            raise BusyError from exc
        return True

    def _read(self, delivery_id: DeliveryId) -> Delivery | None:
        if not is_id(delivery_id, "dlv"):
            return None
        found = self._client.get_item(
            TableName=self._table,
            Key=to_item({"pk": delivery_id, "sk": DELIVERY}),
            ConsistentRead=True,
        )
        return Delivery.model_validate(from_item(found["Item"])) if "Item" in found else None

    def _free_places(self, row: Delivery, at: datetime) -> list[int]:
        prefix = f"flight#{row.lane}#"
        found = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :account AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":account": row.account_id, ":prefix": prefix}),
            ConsistentRead=True,
        )
        items = [from_item(item) for item in found["Items"]]
        taken = {item["sk"] for item in items if item["busy_until"] > sortable(at)}
        return [place for place in range(IN_FLIGHT[row.lane]) if f"{prefix}{place}" not in taken]

    def _take(self, row: Delivery, claimed: Delivery, *, at: datetime, until: datetime) -> None:
        transaction = Transaction(self._client)
        now = sortable(at)
        place = {
            **place_of(claimed),
            "holder": holder_of(claimed),
            "busy_until": sortable(until),
            "expires_at": int(until.timestamp()) + 24 * 3600,
        }
        transaction.put(
            self._table,
            to_item(place),
            condition="attribute_not_exists(pk) OR busy_until <= :now",
            values={":now": now},
            otherwise=_PlaceTakenError,
        )
        transaction.update(
            self._table,
            {"pk": claimed.id, "sk": DELIVERY},
            change="SET next_attempt_at = :next, attempts = :attempts, flight = :flight",
            condition="#status = :pending AND next_attempt_at <= :now AND attempts = :before",
            names={"#status": "status"},
            values={
                ":next": sortable(claimed.next_attempt_at),
                ":now": now,
                ":attempts": claimed.attempts,
                ":before": row.attempts,
                ":flight": claimed.flight,
                ":pending": DeliveryStatus.PENDING.value,
            },
            otherwise=ConcurrentChangeError,
        )
        transaction.commit()

    def _due(self, partition: str, *, at: datetime, limit: int) -> list[dict[str, Any]]:
        return self._due_page(partition, at=at, limit=limit, after=None)[0]

    def _due_page(
        self, partition: str, *, at: datetime, limit: int, after: dict[str, Any] | None
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Rows of the index after that key, and the last key where there are more."""
        try:
            found = self._client.query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due = :due AND next_attempt_at <= :at",
                ExpressionAttributeValues=to_item({":due": partition, ":at": sortable(at)}),
                Limit=limit,
                **({"ExclusiveStartKey": after} if after else {}),
            )
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc
        return [from_item(item) for item in found["Items"]], found.get("LastEvaluatedKey")
