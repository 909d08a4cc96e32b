"""Batches: a row in the jobs table, and all jobs of one accepted by one transaction; of a large one, made by and by.

Key layout, in the jobs table
    pk = bat_…    a batch; in by_account like its jobs, but below a prefix of its own
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.lists import page_by_account
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, entity_item, from_item, iso, to_item
from lipwire.domain.batches import Batch, Stop
from lipwire.domain.errors import ConcurrentChangeError
from lipwire.domain.events import BatchAccepted, BatchCompleted, JobCreated
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, BatchId, is_id
from lipwire.domain.jobs import Job
from lipwire.domain.plans import MOST_RETENTION_DAYS
from lipwire.domain.views import Page

_READ_AT_ONCE: Final = 100
#: A day longer than any plan keeps the jobs.
_KEPT_S: Final = (MOST_RETENTION_DAYS + 1) * 24 * 3600


class DynamoBatches:
    """`BatchStore` on DynamoDB."""

    def __init__(
        self,
        client: Any,
        *,
        table: str,
        ledger: DynamoLedger,
        accounts: DynamoAccounts,
        limits: DynamoLimits,
        outbox: OutboxRows,
        active: ActiveAccounts,
    ) -> None:
        self._client = client
        self._active = active
        self._table = table
        self._ledger = ledger
        self._accounts = accounts
        self._limits = limits
        self._outbox = outbox

    def create(
        self,
        batch: Batch,
        jobs: Sequence[Job],
        *,
        key_id: str,
        most_active: int,
        also: Also | None = None,
    ) -> None:
        """What `DynamoJobs.create` writes, for each job; balance and active jobs are touched once for all."""
        account_id, at = batch.account_id, batch.created_at
        transaction = Transaction(self._client)
        self._accounts.still_valid(transaction, account_id, key_id, at=at)
        self._limits.begin(
            transaction, account_id, batch.job_ids, most=most_active, batch_id=batch.id
        )
        self._put(transaction, batch)
        self._ledger.hold_all(transaction, account_id, jobs, at=at)
        self._put_jobs(transaction, jobs, at=at)
        self._commit(transaction, batch, also)

    def accept(self, batch: Batch, *, key_id: str, also: Also | None = None) -> None:
        """Guarded by the new id, while key and account are valid."""
        account_id, at = batch.account_id, batch.created_at
        transaction = Transaction(self._client)
        self._accounts.still_valid(transaction, account_id, key_id, at=at)
        self._put(transaction, batch)
        self._limits.open_batch(transaction, account_id, batch.id)
        self._outbox.event(
            transaction,
            BatchAccepted(batch_id=batch.id),
            account_id=account_id,
            correlation_id=batch.id,
            at=at,
        )
        self._commit(transaction, batch, also)

    def add(self, batch: Batch, jobs: Sequence[Job], *, most_active: int, at: datetime) -> None:
        """Guarded by how many had been made before: jobs are made once, also those that were deleted since."""
        account_id, before = batch.account_id, len(batch.made_ids)
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": batch.id},
            change="SET made = :made",
            condition="made = :before AND attribute_not_exists(stopped)",
            values={":made": before + len(jobs), ":before": before},
            otherwise=ConcurrentChangeError,
        )
        self._active.check(transaction, account_id)
        self._limits.begin(transaction, account_id, [job.id for job in jobs], most=most_active)
        self._ledger.hold_all(transaction, account_id, jobs, at=at)
        self._put_jobs(transaction, jobs, at=at)
        transaction.commit()

    def stop(self, batch: Batch, reason: Stop) -> bool:
        """Guarded by jobs that still wait."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": batch.id},
            change="SET stopped = :reason",
            condition="made < :all AND attribute_not_exists(stopped)",
            values={":reason": reason.value, ":all": len(batch.job_ids)},
            otherwise=ConcurrentChangeError,
        )
        return transaction.commits(ConcurrentChangeError)

    def close(self, account_id: AccountId, batch_id: BatchId) -> None:
        """An element leaves a set."""
        self._limits.close_batch(account_id, batch_id)

    def open(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """One read, consistent."""
        return self._limits.open_batches(account_id)

    def untold(self, account_id: AccountId) -> tuple[BatchId, ...]:
        """One read, consistent."""
        return self._limits.untold_batches(account_id)

    def forget(self, account_id: AccountId, batch_id: BatchId) -> None:
        """An element leaves two sets."""
        self._limits.forget_batch(account_id, batch_id)

    def awaits(self, account_id: AccountId, asset_id: AssetId) -> bool:
        """Two consistent reads: a batch is open from the transaction that accepts it until nothing of it waits."""
        rows = map(Batch.model_validate, self._read(self.open(account_id)))
        return any(one.waiting and asset_id in one.asset_ids for one in rows)

    def _put(self, transaction: Transaction, batch: Batch) -> None:
        expires_at = int(batch.created_at.timestamp()) + _KEPT_S
        transaction.put_new(
            self._table,
            entity_item(batch, pk=batch.id, expires_at=expires_at),
            otherwise=ConcurrentChangeError,
        )

    def _put_jobs(self, transaction: Transaction, jobs: Sequence[Job], *, at: datetime) -> None:
        for job in jobs:
            transaction.put_new(
                self._table, entity_item(job, pk=job.id), otherwise=ConcurrentChangeError
            )
            self._outbox.event(
                transaction,
                JobCreated(job_id=job.id),
                account_id=job.account_id,
                correlation_id=job.id,
                at=at,
            )
            self._outbox.command(
                transaction, "start_job", {"job_id": job.id}, account_id=job.account_id, at=at
            )

    def _commit(self, transaction: Transaction, batch: Batch, also: Also | None) -> None:
        if also is not None:
            also(transaction)
        transaction.create(
            lambda: (found := self.get(batch.id)) is not None and found.began_as(batch)
        )

    def get(self, batch_id: BatchId) -> Batch | None:
        """The batch, read consistently, or None; other rows of the table are no batches."""
        if not is_id(batch_id, "bat"):
            return None
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": batch_id}), ConsistentRead=True
        )
        return Batch.model_validate(from_item(found["Item"])) if "Item" in found else None

    def jobs(self, batch: Batch) -> tuple[Job, ...]:
        """One read for each hundred, consistent."""
        found = {row["pk"]: Job.model_validate(row) for row in self._read(batch.made_ids)}
        return tuple(found[job_id] for job_id in batch.made_ids if job_id in found)

    def _read(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Those of these rows that are there, in any order; asked again for what a throttled table left out."""
        for start in range(0, len(ids), _READ_AT_ONCE):
            wanted: dict[str, Any] = {
                self._table: {
                    "Keys": [to_item({"pk": one}) for one in ids[start : start + _READ_AT_ONCE]],
                    "ConsistentRead": True,
                }
            }
            while wanted:
                answer = self._client.batch_get_item(RequestItems=wanted)
                yield from map(from_item, answer["Responses"].get(self._table, []))
                wanted = answer.get("UnprocessedKeys") or {}

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Batch]:
        """One page, newest first."""
        rows, following = page_by_account(
            self._client,
            table=self._table,
            account_id=account_id,
            limit=limit,
            cursor=cursor,
            prefix="bat_",
        )
        return Page(tuple(Batch.model_validate(row) for row in rows), following)

    def complete(self, batch: Batch, counts: Mapping[str, int], *, at: datetime) -> bool:
        """Guarded by `completed_at`, which is written once; the clock has nothing to tell any more."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": batch.id},
            change="SET completed_at = :at, totals = :totals",
            condition="attribute_exists(pk) AND attribute_not_exists(completed_at)",
            values={":at": iso(at), ":totals": dict(counts)},
            otherwise=ConcurrentChangeError,
        )
        self._limits.tell_batch(transaction, batch.account_id, batch.id)
        self._outbox.event(
            transaction,
            BatchCompleted(
                batch_id=batch.id,
                succeeded=counts.get("succeeded", 0),
                failed=counts.get("failed", 0),
                canceled=counts.get("canceled", 0),
            ),
            account_id=batch.account_id,
            correlation_id=batch.id,
            at=at,
        )
        try:
            transaction.commit()
        except ConcurrentChangeError:
            return False
        return True
