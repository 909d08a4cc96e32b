"""A fake of `ConsentStore`, for rules that need no cloud."""

from typing import Any

from lipwire.domain.consent import Consent
from lipwire.domain.idempotency import Also


class FakeConsents:
    """Rows that are there once a store has taken them into its transaction."""

    def __init__(self) -> None:
        self.rows: list[Consent] = []

    def note(self, consent: Consent) -> Also:
        def write(_transaction: Any) -> None:
            self.rows.append(consent)

        return write

    def of_account(self, account_id: str) -> tuple[Consent, ...]:
        return tuple(row for row in self.rows if row.account_id == account_id)
