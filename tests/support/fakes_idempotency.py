"""A fake of `KeyClaims`, for rules that need no cloud."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lipwire.domain.idempotency import Claim, KeptAnswer, KeyRecord, is_free


class FakeKeyClaims:
    """Keys in memory; a transaction is whatever has a list `also` to put a write in, done when it is committed."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], KeyRecord] = {}

    def claim(self, claim: Claim, *, at: datetime) -> KeyRecord | None:
        found = self.rows.get((claim.account_id, claim.id))
        if found is not None and not is_free(found, at=at):
            return found
        self.rows[claim.account_id, claim.id] = KeyRecord(**claim.model_dump())
        return None

    def keep(self, transaction: Any, claim: Claim, answer: KeptAnswer) -> None:
        def write() -> None:
            self.rows[claim.account_id, claim.id] = KeyRecord(**claim.model_dump(), answer=answer)

        transaction.writes.append(write)

    def give_up(self, claim: Claim) -> None:
        found = self.rows.get((claim.account_id, claim.id))
        if found is not None and found.answer is None and found.claimed_by == claim.claimed_by:
            del self.rows[claim.account_id, claim.id]


class FakeStore:
    """Makes numbered things, each with what else belongs into its transaction, all or nothing."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.writes: list[Callable[[], None]] = []

    def create(self, also: Callable[[Any], None] | None) -> None:
        self.writes = []
        if also is not None:
            also(self)
        self.made.append(len(self.made))
        for write in self.writes:
            write()
