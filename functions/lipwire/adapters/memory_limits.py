"""Approximate limits, in the memory of one process: each process that serves an account counts for itself (D13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lipwire.domain.ids import AccountId
from lipwire.domain.limits import Allowance, Rate, decide, micros

_REMEMBERED: Final = 1000


class MemoryLimits:
    """`RequestLimiter` without a table."""

    def __init__(self) -> None:
        self._tats: dict[tuple[str, str], int] = {}

    def take(self, account_id: AccountId, rates: Mapping[str, Rate], *, at: datetime) -> Allowance:
        """Count one request against every limit, or, where one is spent, against none."""
        now_us = micros(at)
        decisions = {
            name: decide(rate, self._tats.get((account_id, name)), now_us=now_us)
            for name, rate in rates.items()
        }
        if all(one.is_allowed for one in decisions.values()):
            if len(self._tats) >= _REMEMBERED:
                # Those that the clock has passed say nothing any more.
                self._tats = {key: tat for key, tat in self._tats.items() if tat > now_us}
            for name, one in decisions.items():
                self._tats[account_id, name] = one.tat_us
        return Allowance(decisions)
