"""Where consents are kept."""

from typing import Protocol

from lipwire.domain.consent import Consent
from lipwire.domain.idempotency import Also


class ConsentStore(Protocol):
    """The audit of consents; nothing in it ever changes."""

    def note(self, consent: Consent) -> Also:
        """What adds the row to the transaction that makes the jobs."""

    def of_account(self, account_id: str) -> tuple[Consent, ...]:
        """All of them, oldest first."""
