"""What answering keyed requests once asks of the world."""

from datetime import datetime
from typing import Any, Protocol

from lipwire.domain.idempotency import Claim, KeptAnswer, KeyRecord


class KeyClaims(Protocol):
    """Keys of requests, and the answers that were given under them."""

    def claim(self, claim: Claim, *, at: datetime) -> KeyRecord | None:
        """Take the key: None once it is ours, else what stands in the way. Of any number at once, one gets it."""

    def keep(self, transaction: Any, claim: Claim, answer: KeptAnswer) -> None:
        """Add the answer to a store's transaction, which then fails if the claim has been taken over since."""

    def give_up(self, claim: Claim) -> None:
        """The key is free again, unless its answer was kept; never raises: a claim that stays ends with its lease."""
