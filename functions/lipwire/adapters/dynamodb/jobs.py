"""Jobs: every change of status or money is one transaction with its ledger entry and outbox row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.job_conditions import status_in, status_values
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_rows import EntryExistsError
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.lists import page_by_account
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import (
    Transaction,
    entity_item,
    from_item,
    is_condition_failure,
    iso,
    to_item,
)
from lipwire.domain.assets import Problem
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import (
    ConcurrentChangeError,
    IdTakenError,
    JobFinishedError,
    LedgerConflictError,
)
from lipwire.domain.events import EventData, JobCanceled, JobCreated, JobFailed, JobSucceeded
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, JobId, is_id
from lipwire.domain.jobs import OPEN, Job, JobOutput, JobStatus, before
from lipwire.domain.ledger import EntryKind
from lipwire.domain.views import Page
from lipwire.domain.warnings import JobWarning
from lipwire.ports import Clock

#: A workflow tops a hold up once; further ones are somebody's repetition.
_TOP_UPS: Final = 3


class DynamoJobs:
    """`JobStore` on DynamoDB."""

    def __init__(
        self,
        client: Any,
        *,
        table: str,
        ledger: DynamoLedger,
        accounts: DynamoAccounts,
        limits: DynamoLimits,
        outbox: OutboxRows,
        clock: Clock,
    ) -> None:
        self._client = client
        self._table = table
        self._ledger = ledger
        self._accounts = accounts
        self._limits = limits
        self._outbox = outbox
        self._clock = clock

    def create(self, job: Job, *, key_id: str, most_active: int, also: Also | None = None) -> None:
        """Job + HOLD + balance + place among the active + `JobCreated` + start of its workflow, while key and account are valid."""
        transaction = Transaction(self._client)
        self._accounts.still_valid(transaction, job.account_id, key_id, at=job.created_at)
        self._limits.begin(transaction, job.account_id, [job.id], most=most_active)
        transaction.put_new(self._table, entity_item(job, pk=job.id), otherwise=IdTakenError)
        self._ledger.hold(
            transaction,
            job.account_id,
            job.id,
            Millicredits(job.held_millicredits),
            number=1,
            price_list=str(job.terms),
            at=job.created_at,
        )
        self._emit(transaction, job, JobCreated(job_id=job.id), at=job.created_at)
        self._outbox.command(
            transaction,
            "start_job",
            {"job_id": job.id},
            account_id=job.account_id,
            at=job.created_at,
        )
        if also is not None:
            also(transaction)
        transaction.create(lambda: (found := self.get(job.id)) is not None and found.began_as(job))

    def get(self, job_id: JobId) -> Job | None:
        """The job, read consistently, or None; other rows of the table are no jobs."""
        if not is_id(job_id, "job"):
            return None
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": job_id}), ConsistentRead=True
        )
        return Job.model_validate(from_item(found["Item"])) if "Item" in found else None

    def list(
        self, account_id: AccountId, *, status: JobStatus | None, limit: int, cursor: str | None
    ) -> Page[Job]:
        """One page, newest first."""
        rows, following = page_by_account(
            self._client,
            table=self._table,
            account_id=account_id,
            limit=limit,
            cursor=cursor,
            prefix="job_",
            equals={"status": status.value} if status else None,
        )
        return Page(tuple(Job.model_validate(row) for row in rows), following)

    def naming(self, account_id: AccountId, asset_id: AssetId) -> Iterator[Job]:
        """Those that have not ended as they are; the others from the index, which lags a moment."""
        for job_id in sorted(self._limits.active(account_id)):
            job = self.get(job_id)
            if job is not None and asset_id in job.asset_ids:
                yield job
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_account",
            KeyConditionExpression="account_id = :account AND begins_with(pk, :prefix)",
            FilterExpression=(
                "source_id = :asset OR speech_id = :asset "
                "OR #options.second_speech_id = :asset OR #options.mask_id = :asset"
            ),
            ExpressionAttributeNames={"#options": "options"},
            ExpressionAttributeValues=to_item(
                {":account": account_id, ":prefix": "job_", ":asset": asset_id}
            ),
        )
        for page in pages:
            for item in page["Items"]:
                yield Job.model_validate(from_item(item))

    def advance(self, job: Job, *, event: EventData | None = None) -> bool:
        """Guarded by the status it leaves and by its hold; a step that is run again finds its own status."""
        allowed = before(job.status) | {job.status}
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            entity_item(job, pk=job.id),
            condition=f"{status_in(allowed)} AND held_millicredits = :held",
            names={"#status": "status"},
            values={**status_values(allowed), ":held": job.held_millicredits},
            otherwise=JobFinishedError,
        )
        if event is not None:
            self._emit(transaction, job, event, at=job.updated_at)
        if transaction.commits(JobFinishedError):
            return True
        now = self.get(job.id)
        if now is not None and now.status in allowed:
            # Its hold was topped up since it was read: the step is run again, and reads it anew.
            raise ConcurrentChangeError
        return False

    def extend_hold(self, job: Job, extra: Millicredits) -> Job:
        """Guarded by the number of holds the job has."""
        larger = job.model_copy(
            update={"held_millicredits": job.held_millicredits + extra, "holds": job.holds + 1}
        )
        now = self._clock.now()
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": job.id},
            change="SET held_millicredits = :held, holds = :holds",
            condition=f"holds = :before AND {status_in(OPEN)}",
            names={"#status": "status"},
            values={
                ":held": larger.held_millicredits,
                ":holds": larger.holds,
                ":before": job.holds,
                **status_values(OPEN),
            },
            otherwise=ConcurrentChangeError,
        )
        self._ledger.hold(
            transaction,
            job.account_id,
            job.id,
            extra,
            number=larger.holds,
            price_list=str(job.terms),
            at=now,
        )
        transaction.commit()
        return larger

    def settle(
        self, job: Job, *, charge: Millicredits, output: JobOutput, warnings: Sequence[JobWarning]
    ) -> bool:
        """Guarded by the job's status and by the one END entry a job can have."""
        now = self._clock.now()
        done = job.model_copy(
            update={
                "status": JobStatus.SUCCEEDED,
                "stage": "done",
                "progress": 100,
                "charged_millicredits": charge,
                "output": output,
                "warnings": tuple(warnings),
                "updated_at": now,
                "finished_at": now,
            }
        )
        event = JobSucceeded(
            job_id=job.id,
            engine=job.engine or "",
            frames=output.frames,
            duration_ms=output.duration_ms,
            charged_millicredits=charge,
        )
        transaction = self._end(done, event)
        self._ledger.settle(
            transaction,
            job.account_id,
            job.id,
            charge=charge,
            held=Millicredits(job.held_millicredits),
            at=now,
        )
        if transaction.commits(JobFinishedError, EntryExistsError):
            return True
        end = self._ledger.of_job(job.account_id, job.id).ends
        if any(one.kind is EntryKind.SETTLE and one.amount_millicredits != charge for one in end):
            # Not a repetition: two renders of one job were counted differently.
            raise LedgerConflictError(f"{job.id} was settled with another amount than {charge}.")
        return False

    def release(self, job: Job, *, status: JobStatus, error: Problem | None) -> bool:
        """Guarded like `settle`; a canceled job's workflow is told to stop by the same transaction."""
        for _ in range(_TOP_UPS + 1):
            if self._releasing(job, status, error).commits(JobFinishedError, EntryExistsError):
                return True
            # A hold that was topped up since the job was read is no end: it is released as it is now.
            now = self.get(job.id)
            if now is None or now.is_final or now.held_millicredits == job.held_millicredits:
                return False
            job = now
        return False

    def _releasing(self, job: Job, status: JobStatus, error: Problem | None) -> Transaction:
        now = self._clock.now()
        done = job.model_copy(
            update={
                "status": status,
                "stage": "done",
                "charged_millicredits": 0,
                "error": error,
                "updated_at": now,
                "finished_at": now,
            }
        )
        canceled = status is JobStatus.CANCELED
        code = error.code if error else "internal"
        event = JobCanceled(job_id=job.id) if canceled else JobFailed(job_id=job.id, code=code)
        transaction = self._end(done, event)
        held = Millicredits(job.held_millicredits)
        self._ledger.release(transaction, job.account_id, job.id, held=held, at=now)
        if canceled:
            self._outbox.command(
                transaction, "stop_job", {"job_id": job.id}, account_id=job.account_id, at=now
            )
        return transaction

    def end_hold(
        self,
        account_id: AccountId,
        job_id: JobId,
        *,
        held: Millicredits,
        charge: Millicredits | None,
        had_job: bool,
    ) -> bool:
        """Guarded by the one END entry a job can have, and by what the job's row is: ended, or not there."""
        now = self._clock.now()
        transaction = Transaction(self._client)
        transaction.check(
            self._table,
            {"pk": job_id},
            condition="attribute_exists(finished_at)" if had_job else "attribute_not_exists(pk)",
            otherwise=ConcurrentChangeError,
        )
        if charge is None:
            self._ledger.release(transaction, account_id, job_id, held=held, at=now)
        else:
            self._ledger.settle(transaction, account_id, job_id, charge=charge, held=held, at=now)
        self._limits.end(transaction, account_id, job_id)
        return transaction.commits(ConcurrentChangeError, EntryExistsError)

    def record_failure(self, job_id: JobId, failure: Problem) -> None:
        """The first note stays: it is the cause, later ones are consequences."""
        self._update(
            job_id,
            change="SET failure = if_not_exists(failure, :failure)",
            values={":failure": failure.model_dump()},
            statuses=OPEN,
        )

    def report_progress(self, job_id: JobId, *, stage: str, progress: int, at: datetime) -> bool:
        """Guarded by `rendering`."""
        return self._update(
            job_id,
            change="SET stage = :stage, progress = :progress, updated_at = :at",
            values={":stage": stage, ":progress": progress, ":at": iso(at)},
            statuses=frozenset({JobStatus.RENDERING}),
        )

    def report_shard_progress(
        self, job_id: JobId, *, shard: int, stage: str, progress: int, at: datetime
    ) -> bool:
        """Each part writes its own attribute, so no word is lost; a new attempt is heard once it is ahead of the last."""
        rendering = frozenset({JobStatus.RENDERING})
        written = {":stage": stage, ":progress": progress, ":at": iso(at)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": job_id}),
                UpdateExpression=(
                    "SET stage = :stage, updated_at = :at, shard_progress.#shard = :progress"
                ),
                ConditionExpression=(
                    f"{status_in(rendering)} AND attribute_not_exists(failure) AND "
                    "(attribute_not_exists(shard_progress.#shard) "
                    "OR shard_progress.#shard <= :progress)"
                ),
                ExpressionAttributeNames={"#status": "status", "#shard": str(shard)},
                ExpressionAttributeValues=to_item({**written, **status_values(rendering)}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                found = from_item(exc.response.get("Item", {}))
                return found.get("status") == JobStatus.RENDERING and "failure" not in found
            raise
        return True

    def keeps_output(self, job_id: JobId) -> bool:
        """Asked by a write that changes nothing: containers may not read jobs."""
        return self._update(
            job_id,
            change="SET #status = #status",
            values={},
            statuses=frozenset({JobStatus.RENDERING, JobStatus.SUCCEEDED}),
        )

    def delete(self, job: Job) -> None:
        """Only a job that has ended."""
        self._client.delete_item(TableName=self._table, Key=to_item({"pk": job.id}))

    def _end(self, done: Job, event: EventData) -> Transaction:
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            entity_item(done, pk=done.id),
            condition=f"{status_in(before(done.status))} AND held_millicredits = :held",
            names={"#status": "status"},
            values={**status_values(before(done.status)), ":held": done.held_millicredits},
            otherwise=JobFinishedError,
        )
        self._limits.end(transaction, done.account_id, done.id)
        self._emit(transaction, done, event, at=done.updated_at)
        return transaction

    def _emit(self, transaction: Transaction, job: Job, event: EventData, *, at: datetime) -> None:
        self._outbox.event(
            transaction, event, account_id=job.account_id, correlation_id=job.id, at=at
        )

    def _update(
        self, job_id: JobId, *, change: str, values: dict[str, Any], statuses: frozenset[JobStatus]
    ) -> bool:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": job_id}),
                UpdateExpression=change,
                ConditionExpression=status_in(statuses),
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=to_item({**values, **status_values(statuses)}),
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                return False
            raise
        return True
