"""Speech that is made on its own: the asset, what it costs, and the start of what speaks it are one transaction."""

from typing import Any

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.domain.assets import Asset
from lipwire.domain.idempotency import Also


class DynamoSpeeches:
    """`SpeechStore` on DynamoDB."""

    def __init__(
        self,
        client: Any,
        *,
        assets: DynamoAssets,
        accounts: DynamoAccounts,
        charges: LedgerCharges,
        outbox: OutboxRows,
    ) -> None:
        self._client = client
        self._assets = assets
        self._accounts = accounts
        self._charges = charges
        self._outbox = outbox

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
        # Nothing else draws its id: a row under it is this asset.
        transaction.create(lambda: self._assets.get(asset.id) is not None)
