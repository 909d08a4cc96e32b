"""What is spent at once, without a hold: the ledger's share of the transactions that make speech."""

from datetime import datetime

from lipwire.adapters.dynamodb.ledger_rows import BALANCE, LedgerRows
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.domain.assets import Asset
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import InsufficientCreditsError
from lipwire.domain.ledger import Entry, EntryKind, charge_back_key, charge_key
from lipwire.domain.speech import SPEECH_PRICES


class LedgerCharges(LedgerRows):
    """Charges of speech, and their return. What costs nothing leaves no entry."""

    def charge(self, transaction: Transaction, asset: Asset, *, at: datetime) -> None:
        """Guarded by the entry's key and by `available`."""
        amount = _amount(asset)
        if not amount:
            return
        self.put(
            transaction,
            Entry(
                account_id=asset.account_id,
                key=charge_key(asset.id),
                kind=EntryKind.CHARGE,
                amount_millicredits=amount,
                asset_id=asset.id,
                price_list=SPEECH_PRICES,
                created_at=at,
            ),
        )
        transaction.update(
            self._table,
            {"pk": asset.account_id, "sk": BALANCE},
            change="ADD balance :minus, available :minus, held :zero, version :one",
            condition="available >= :amount",
            values={":amount": amount, ":minus": -amount, ":zero": 0, ":one": 1},
            otherwise=InsufficientCreditsError,
        )

    def charge_back(
        self, transaction: Transaction, asset: Asset, *, note: str, at: datetime
    ) -> None:
        """All of it, guarded by the one REFUND a speech can have."""
        amount = _amount(asset)
        if not amount:
            return
        self.put(
            transaction,
            Entry(
                account_id=asset.account_id,
                key=charge_back_key(asset.id),
                kind=EntryKind.REFUND,
                amount_millicredits=amount,
                asset_id=asset.id,
                note=note,
                created_at=at,
            ),
        )
        transaction.update(
            self._table,
            {"pk": asset.account_id, "sk": BALANCE},
            change="ADD balance :amount, available :amount, version :one",
            values={":amount": amount, ":one": 1},
        )


def _amount(asset: Asset) -> Millicredits:
    return Millicredits(asset.speech.charged_millicredits if asset.speech else 0)
