"""Speech that is made on its own: the asset, what it costs, and the start of what speaks it are one transaction."""

from typing import Any

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.ledger_rows import EntryExistsError
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.domain.assets import Asset, AssetStatus, Problem
from lipwire.domain.errors import AccountNotFoundError, ConcurrentChangeError, LipwireError
from lipwire.domain.events import AssetRejected
from lipwire.domain.idempotency import Also
from lipwire.ports import Clock


class DynamoSpeeches:
    """`SpeechStore` on DynamoDB."""

    def __init__(
        self,
        client: Any,
        *,
        assets: DynamoAssets,
        accounts: DynamoAccounts,
        active: ActiveAccounts,
        charges: LedgerCharges,
        outbox: OutboxRows,
        clock: Clock,
    ) -> None:
        self._client = client
        self._assets = assets
        self._accounts = accounts
        self._active = active
        self._charges = charges
        self._outbox = outbox
        self._clock = clock

    def create(self, asset: Asset, *, key_id: str, also: Also | None = None) -> None:
        """Guarded by the new id and by `available`, while key and account are valid."""
        transaction = Transaction(self._client)
        self._accounts.still_valid(transaction, asset.account_id, key_id, at=asset.created_at)
        self._assets.put_new(transaction, asset)
        self._charges.charge(transaction, asset, at=asset.created_at)
        self._outbox.command(
            transaction,
            "start_analysis",
            {"asset_id": asset.id},
            account_id=asset.account_id,
            at=asset.created_at,
        )
        if also is not None:
            also(transaction)
        try:
            transaction.commit()
        except LipwireError:
            # Its id is new: a row under it is this asset, written by a try whose answer was lost.
            if self._assets.get(asset.id) is None:
                raise

    def give_up(self, asset: Asset, problem: Problem) -> bool:
        """Guarded by `awaiting_upload`, by the one REFUND that a speech can have, and by the account being active."""
        now = self._clock.now()
        rejected = asset.arrived(version_id=None, size_bytes=0).model_copy(
            update={"status": AssetStatus.REJECTED, "problem": problem}
        )
        transaction = self._assets.leaving(AssetStatus.AWAITING_UPLOAD, rejected)
        self._active.check(transaction, asset.account_id)
        self._charges.charge_back(transaction, asset, note=problem.code, at=now)
        self._outbox.event(
            transaction,
            AssetRejected(asset_id=asset.id, code=problem.code),
            account_id=asset.account_id,
            correlation_id=asset.id,
            at=now,
        )
        return transaction.commits(ConcurrentChangeError, EntryExistsError, AccountNotFoundError)
