"""What is counted for each account: requests, active jobs, the last use of each key.

Rows, each of its own, so that no request waits for another kind:

    pk = rate#acct_…     one TAT for each limit (see `lipwire.domain.limits`)
    pk = active#acct_…   the ids of the jobs that have not ended, as a set; others of batches whose jobs are still to be
                         made, of batches whose end was not told yet, and of uploads that are being fetched from URLs
    pk = used#<key>      when the key was last used

A set of ids, not a number: what is added or removed twice, by a lost answer or by two that end the same job, counts once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.adapters.dynamodb.table import (
    Transaction,
    from_item,
    is_condition_failure,
    iso,
    to_item,
)
from lipwire.domain.batches import MAX_OPEN
from lipwire.domain.errors import (
    BusyError,
    LipwireError,
    TooManyActiveJobsError,
    TooManyFetchesError,
    TooManyOpenBatchesError,
)
from lipwire.domain.ids import AccountId, AssetId, BatchId, JobId
from lipwire.domain.limits import Allowance, Decision, Rate, decide, describe, micros

#: What is known can be wrong once: it was remembered, or the row has just left.
_TRIES: Final = 4
#: A TAT that the clock has passed says nothing: the row leaves a while after.
_KEPT: Final = timedelta(hours=1)
_NOTED_EVERY: Final = timedelta(minutes=1)
_USE_KEPT: Final = timedelta(days=400)
_REMEMBERED: Final = 1000
_BATCH: Final = 100


class DynamoLimits:
    """`LimitStore` on DynamoDB, and the limits' share of other stores' transactions."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table
        #: TATs seen last. They only grow, so one that refuses here refuses there too.
        self._seen: dict[str, dict[str, int]] = {}

    def take(self, account_id: AccountId, rates: Mapping[str, Rate], *, at: datetime) -> Allowance:
        """One conditional update that moves every limit's TAT, or none; a second one where memory was wrong.

        A repeat by the SDK after a lost answer can move them twice: too strict then, never too lenient.
        """
        now_us = micros(at)
        seen = self._seen.get(account_id, {})
        for _ in range(_TRIES):
            decisions = {
                name: decide(rate, seen.get(name), now_us=now_us) for name, rate in rates.items()
            }
            is_refused = not all(one.is_allowed for one in decisions.values())
            if not is_refused:
                is_moved, seen = self._move(account_id, decisions, seen, now_us)
            if is_refused or is_moved:
                self._remember(account_id, seen)
                return Allowance(
                    {
                        name: one
                        if not one.is_allowed
                        else describe(one.rate, max(seen.get(name, 0), now_us), now_us=now_us)
                        for name, one in decisions.items()
                    }
                )
        raise BusyError

    def begin(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_ids: Sequence[JobId],
        *,
        most: int,
        batch_id: BatchId | None = None,
    ) -> None:
        """Count these jobs as active, where all of them fit; once for a transaction, since it may touch a row once.

        Where they are all of a batch, its end is to be told.
        """
        room = most - len(job_ids)
        batches = {} if batch_id is None else {":batches": {batch_id}}
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="ADD jobs :jobs" + (", untold :batches" if batches else ""),
            # An empty set is no attribute; where there is no room even then, nothing passes.
            condition="size(jobs) <= :room"
            + (" OR attribute_not_exists(jobs)" if room >= 0 else ""),
            values={":jobs": set(job_ids), ":room": room, **batches},
            otherwise=lambda: _too_many(most),
        )

    def end(self, transaction: Transaction, account_id: AccountId, job_id: JobId) -> None:
        """The job is not active any more; a job that was not counted, or is not any more, changes nothing."""
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="DELETE jobs :jobs",
            values={":jobs": {job_id}},
        )

    def begin_fetch(
        self, transaction: Transaction, account_id: AccountId, asset_id: AssetId, *, most: int
    ) -> None:
        """Count this upload as one that is fetched, where it is not one too many."""
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="ADD fetches :fetches",
            condition="size(fetches) < :most OR attribute_not_exists(fetches)",
            values={":fetches": {asset_id}, ":most": most},
            otherwise=lambda: TooManyFetchesError(
                f"The account may have {most} uploads fetched from URLs at once.",
                limit=most,
                retry_after_s=10,
            ),
        )

    def end_fetch(self, transaction: Transaction, account_id: AccountId, asset_id: AssetId) -> None:
        """It is not fetched any more; one that was not counted, or is not any more, changes nothing."""
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="DELETE fetches :fetches",
            values={":fetches": {asset_id}},
        )

    def forget_fetch(self, account_id: AccountId, asset_id: AssetId) -> None:
        """`end_fetch` by itself, for an upload that has left."""
        transaction = Transaction(self._client)
        self.end_fetch(transaction, account_id, asset_id)
        transaction.commit()

    def fetches(self, account_id: AccountId) -> frozenset[AssetId]:
        """The account's uploads that are being fetched."""
        return frozenset(self._row(account_id).get("fetches", ()))

    def open_batch(
        self, transaction: Transaction, account_id: AccountId, batch_id: BatchId
    ) -> None:
        """Jobs of this batch are still to be made, and its end to be told, where it is not one too many."""
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="ADD batches :batches, untold :batches",
            condition="size(batches) < :most OR attribute_not_exists(batches)",
            values={":batches": {batch_id}, ":most": MAX_OPEN},
            otherwise=lambda: TooManyOpenBatchesError(limit=MAX_OPEN, retry_after_s=60),
        )

    def close_batch(self, account_id: AccountId, batch_id: BatchId) -> None:
        """No job of this batch is to be made any more."""
        self._leave(account_id, batch_id, "batches")

    def forget_batch(self, account_id: AccountId, batch_id: BatchId) -> None:
        """Nothing of this batch is to be made or told: it is not there."""
        self._leave(account_id, batch_id, "batches", "untold")

    def _leave(self, account_id: AccountId, batch_id: BatchId, *sets: str) -> None:
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="DELETE " + ", ".join(f"{name} :batches" for name in sets),
            values={":batches": {batch_id}},
        )
        transaction.commit()

    def tell_batch(
        self, transaction: Transaction, account_id: AccountId, batch_id: BatchId
    ) -> None:
        """The end of this batch is told by this transaction."""
        transaction.update(
            self._table,
            {"pk": _active_pk(account_id)},
            change="DELETE untold :batches",
            values={":batches": {batch_id}},
        )

    def open_batches(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """Batches whose jobs are still to be made, the oldest first."""
        return tuple(sorted(self._row(account_id).get("batches", ())))

    def untold_batches(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """Batches whose end was not told yet, the oldest first."""
        return tuple(sorted(self._row(account_id).get("untold", ())))

    def active(self, account_id: AccountId) -> frozenset[JobId]:
        """The account's jobs that have not ended."""
        return frozenset(self._row(account_id).get("jobs", ()))

    def _row(self, account_id: AccountId) -> dict[str, Any]:
        found = self._client.get_item(
            TableName=self._table,
            Key=to_item({"pk": _active_pk(account_id)}),
            ConsistentRead=True,
        )
        return from_item(found.get("Item", {}))

    def note_use(self, public_id: str, *, at: datetime) -> None:
        """Best effort, once a minute: no request fails because it could not be noted."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": _used_pk(public_id)}),
                UpdateExpression="SET used_at = :at, used_us = :now, expires_at = :leaves",
                ConditionExpression="attribute_not_exists(used_us) OR used_us <= :before",
                ExpressionAttributeValues=to_item(
                    {
                        ":at": iso(at),
                        ":now": micros(at),
                        ":before": micros(at - _NOTED_EVERY),
                        ":leaves": int((at + _USE_KEPT).timestamp()),
                    }
                ),
            )
        except (BotoCoreError, ClientError):
            return

    def last_uses(self, public_ids: Iterable[str]) -> dict[str, datetime]:
        """When each key was last used, to the minute; those never used are left out."""
        wanted, found = list(public_ids), {}
        for start in range(0, len(wanted), _BATCH):
            keys = [to_item({"pk": _used_pk(one)}) for one in wanted[start : start + _BATCH]]
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in map(from_item, answer["Responses"].get(self._table, [])):
                found[item["pk"].removeprefix("used#")] = datetime.fromisoformat(item["used_at"])
        return found

    def _move(
        self,
        account_id: AccountId,
        decisions: Mapping[str, Decision],
        seen: Mapping[str, int],
        now_us: int,
    ) -> tuple[bool, dict[str, int]]:
        """Whether every TAT was where it seemed to be, ahead of the clock or behind it; and where they are now."""
        changes, conditions = ["expires_at = :leaves"], []
        names: dict[str, str] = {}
        values: dict[str, Any] = {":now": now_us}
        for number, (name, one) in enumerate(decisions.items()):
            attribute, value = f"#n{number}", f":v{number}"
            names[attribute] = name
            if seen.get(name, 0) <= now_us:
                conditions.append(f"(attribute_not_exists({attribute}) OR {attribute} <= :now)")
                changes.append(f"{attribute} = {value}")
                values[value] = one.tat_us
            else:
                conditions.append(f"{attribute} BETWEEN :now AND :most{number}")
                changes.append(f"{attribute} = {attribute} + {value}")
                values[value] = one.rate.interval_us
                values[f":most{number}"] = now_us + one.rate.tolerance_us
        leaves_us = max(one.tat_us for one in decisions.values())
        values[":leaves"] = leaves_us // 1_000_000 + int(_KEPT.total_seconds())
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": f"rate#{account_id}"}),
                UpdateExpression=f"SET {', '.join(changes)}",
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except BotoCoreError as exc:
            raise BusyError from exc  # no answer, however often the SDK asked
        except ClientError as exc:
            if is_condition_failure(exc):
                return False, from_item(exc.response.get("Item", {}))
            if _is_unavailable(exc):
                raise BusyError from exc
            raise
        return True, from_item(answer["Attributes"])

    def _remember(self, account_id: AccountId, seen: dict[str, int]) -> None:
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[account_id] = seen


def _is_unavailable(exc: ClientError) -> bool:
    return exc.response["Error"]["Code"] in {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    }


def _too_many(most: int) -> LipwireError:
    return TooManyActiveJobsError(
        f"The account may have {most} active jobs at once.", limit=most, retry_after_s=10
    )


def _active_pk(account_id: AccountId) -> str:
    return f"active#{account_id}"


def _used_pk(public_id: str) -> str:
    return f"used#{public_id}"
