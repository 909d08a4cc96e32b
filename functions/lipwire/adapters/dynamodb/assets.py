"""Assets: each step of their life is one conditional write with its outbox row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.ledger_rows import EntryExistsError
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.lists import page_by_account
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, entity_item, from_item, to_item
from lipwire.domain.assets import Analysis, Asset, AssetStatus, ProbeFinding, Problem
from lipwire.domain.errors import (
    AccountNotFoundError,
    AssetNotFoundError,
    ConcurrentChangeError,
    IdTakenError,
    UnauthenticatedError,
)
from lipwire.domain.events import AssetDeleted, AssetReady, AssetRejected, AssetUploaded, EventData
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, JobId, is_id
from lipwire.domain.views import Page

#: Somebody else was there first, or the asset or its account left.
_REFUSALS: Final = (
    ConcurrentChangeError,
    AssetNotFoundError,
    AccountNotFoundError,
    EntryExistsError,
)


class DynamoAssets:
    """`AssetStore` on DynamoDB."""

    def __init__(
        self,
        client: Any,
        *,
        table: str,
        accounts: ActiveAccounts,
        charges: LedgerCharges,
        limits: DynamoLimits,
        outbox: OutboxRows,
    ) -> None:
        self._client = client
        self._table = table
        self._accounts = accounts
        self._charges = charges
        self._limits = limits
        self._outbox = outbox

    def create(self, asset: Asset, *, also: Also | None = None) -> None:
        """Guarded by the new id, while the account is active."""
        self.create_all([asset], also=also)

    def create_all(self, assets: Sequence[Asset], *, also: Also | None = None) -> None:
        """Each guarded like one."""
        self._create(Transaction(self._client), assets, also)

    def create_to_fetch(self, asset: Asset, *, most: int, also: Also | None = None) -> None:
        """Guarded like `create`, and by the account's other fetches; its workflow's start is told by the same write."""
        transaction = Transaction(self._client)
        self._limits.begin_fetch(transaction, asset.account_id, asset.id, most=most)
        self._outbox.command(
            transaction,
            "start_analysis",
            {"asset_id": asset.id, "fetch": "url"},
            account_id=asset.account_id,
            at=asset.created_at,
        )
        self._create(transaction, [asset], also)

    def _create(self, transaction: Transaction, assets: Sequence[Asset], also: Also | None) -> None:
        for asset in assets:
            self.put_new(transaction, asset)
        for account_id in sorted({asset.account_id for asset in assets}):
            self._accounts.check(transaction, account_id, otherwise=UnauthenticatedError)
        if also is not None:
            also(transaction)
        transaction.commit()

    def put_new(self, transaction: Transaction, asset: Asset) -> None:
        """Its row; a promise that is never kept leaves by itself, a day after it expired."""
        expires_at = int(asset.upload_expires_at.timestamp()) + 24 * 3600
        transaction.put_new(
            self._table,
            entity_item(asset, pk=asset.id, expires_at=expires_at),
            otherwise=IdTakenError,
        )

    def get(self, asset_id: AssetId) -> Asset | None:
        """The asset, read consistently, or None."""
        if not is_id(asset_id, "ast"):
            return None
        found = self._client.get_item(
            TableName=self._table, Key=to_item({"pk": asset_id}), ConsistentRead=True
        )
        return Asset.model_validate(from_item(found["Item"])) if "Item" in found else None

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Asset]:
        """One page, newest first."""
        rows, following = page_by_account(
            self._client, table=self._table, account_id=account_id, limit=limit, cursor=cursor
        )
        return Page(tuple(Asset.model_validate(row) for row in rows), following)

    def mark_uploaded(
        self, asset: Asset, *, version_id: str | None, size_bytes: int, at: datetime
    ) -> bool:
        """Guarded by `awaiting_upload`, so five deliveries of one event start one analysis."""
        arrived = asset.arrived(version_id=version_id, size_bytes=size_bytes)
        transaction = self.leaving(AssetStatus.AWAITING_UPLOAD, arrived)
        self._end_fetch(transaction, asset)
        self._emit(transaction, arrived, AssetUploaded(asset_id=asset.id), at=at)
        self._outbox.command(
            transaction,
            "start_analysis",
            {"asset_id": asset.id},
            account_id=asset.account_id,
            at=at,
        )
        return transaction.commits(ConcurrentChangeError, AssetNotFoundError)

    def give_up(self, asset: Asset, problem: Problem, *, at: datetime) -> bool:
        """Guarded by `awaiting_upload`: what has arrived stays; a speech is paid back."""
        refused = asset.arrived(version_id=None, size_bytes=asset.size_bytes).model_copy(
            update={"status": AssetStatus.REJECTED, "problem": problem}
        )
        transaction = self.leaving(AssetStatus.AWAITING_UPLOAD, refused)
        self._end_fetch(transaction, asset)
        self._charge_back(transaction, asset, problem, at=at)
        self._emit(transaction, refused, AssetRejected(asset_id=asset.id, code=problem.code), at=at)
        return transaction.commits(*_REFUSALS)

    def withdraw(self, assets: Sequence[Asset]) -> None:
        """Each by itself; one that is not there is none."""
        for asset in assets:
            transaction = Transaction(self._client)
            transaction.delete(self._table, {"pk": asset.id}, otherwise=AssetNotFoundError)
            transaction.commits(AssetNotFoundError)

    def record_probe(self, asset: Asset, finding: ProbeFinding, *, at: datetime) -> Asset:
        """Guarded by `uploaded`; whoever probed second gets what the first one found."""
        status = AssetStatus.REJECTED if finding.problem else AssetStatus.READY
        probed = asset.model_copy(
            update={
                "status": status,
                "media": finding.media,
                "silent": finding.silent,
                "problem": finding.problem,
            }
        )
        event: EventData
        if finding.problem is not None:
            event = AssetRejected(asset_id=asset.id, code=finding.problem.code)
        elif finding.media is not None:
            event = AssetReady(
                asset_id=asset.id, kind=finding.media.kind, duration_ms=finding.media.duration_ms
            )
        else:
            raise ValueError("a finding holds media or a problem")
        transaction = self.leaving(AssetStatus.UPLOADED, probed)
        if finding.problem is not None:
            self._charge_back(transaction, asset, finding.problem, at=at)
        self._emit(transaction, probed, event, at=at)
        if transaction.commits(*_REFUSALS):
            return probed
        stored = self.get(asset.id)
        if stored is None:
            raise AssetNotFoundError
        return stored

    def begin_fetch(
        self, asset_id: AssetId, *, by: JobId | AssetId, at: datetime, until: datetime
    ) -> bool:
        """Guarded by the lease; who holds it may take it anew, as a step that is run again does."""
        return self._write_fetch(
            asset_id,
            change="SET fetch_by = :by, fetch_until = :until",
            condition="attribute_exists(pk) AND "
            "(attribute_not_exists(fetch_by) OR fetch_by = :by OR fetch_until <= :now)",
            values={":by": by, ":until": int(until.timestamp()), ":now": int(at.timestamp())},
        )

    def end_fetch(self, asset_id: AssetId, *, by: JobId | AssetId) -> None:
        """Guarded by its holder."""
        self._write_fetch(
            asset_id,
            change="REMOVE fetch_by, fetch_until",
            condition="fetch_by = :by",
            values={":by": by},
        )

    def _write_fetch(
        self, asset_id: AssetId, *, change: str, condition: str, values: dict[str, Any]
    ) -> bool:
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": asset_id},
            change=change,
            condition=condition,
            values=values,
            otherwise=ConcurrentChangeError,
        )
        return transaction.commits(ConcurrentChangeError)

    def record_analysis(self, asset: Asset, analysis: Analysis) -> bool:
        """Guarded by the asset being there: False where it was deleted."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": asset.id},
            change="SET analysis = :analysis",
            condition="attribute_exists(pk)",
            values={":analysis": analysis.model_dump(mode="json", exclude_none=True)},
            otherwise=AssetNotFoundError,
        )
        return transaction.commits(AssetNotFoundError)

    def delete(self, asset: Asset, *, at: datetime) -> None:
        """The row, and the fact told."""
        transaction = Transaction(self._client)
        transaction.delete(self._table, {"pk": asset.id}, otherwise=AssetNotFoundError)
        self._end_fetch(transaction, asset)
        self._emit(transaction, asset, AssetDeleted(asset_id=asset.id), at=at)
        transaction.commit()

    def leaving(self, status: AssetStatus, changed: Asset) -> Transaction:
        """A transaction that writes the asset, which must still be in that status."""
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            entity_item(changed, pk=changed.id),
            condition="#status = :left",
            names={"#status": "status"},
            values={":left": status.value},
            otherwise=ConcurrentChangeError,
        )
        return transaction

    def _end_fetch(self, transaction: Transaction, asset: Asset) -> None:
        """By whatever write ends the wait for its bytes: of several that try, one stands."""
        if asset.holds_fetch:
            self._limits.end_fetch(transaction, asset.account_id, asset.id)

    def _charge_back(
        self, transaction: Transaction, asset: Asset, problem: Problem, *, at: datetime
    ) -> None:
        """A speech that was paid for by itself came to nothing; a closed account is paid nothing back, and written nothing."""
        if asset.speech is not None and asset.speech.charged_millicredits:
            self._accounts.check(transaction, asset.account_id)
            self._charges.charge_back(transaction, asset, note=problem.code, at=at)

    def _emit(
        self, transaction: Transaction, asset: Asset, event: EventData, *, at: datetime
    ) -> None:
        self._outbox.event(
            transaction, event, account_id=asset.account_id, correlation_id=asset.id, at=at
        )
