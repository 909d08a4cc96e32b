"""The clock and the source of randomness: the only place that asks the system for either."""

import secrets
import time
from datetime import UTC, datetime

from lipwire.domain.ids import sortable_id


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Now, to the millisecond."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class RandomIds:
    """Ids and secrets from the system's randomness, drawn at each call (never at import: SnapStart)."""

    def new(self, prefix: str) -> str:
        """A new sortable id."""
        return sortable_id(
            prefix, milliseconds=time.time_ns() // 1_000_000, randomness=secrets.randbits(80)
        )

    def secret(self, bits: int) -> int:
        """That many random bits."""
        return secrets.randbits(bits)
