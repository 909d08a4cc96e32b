"""Who called lately, so that reading needs no look-up (D13)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from lipwire.domain.keys import hash_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lipwire.domain.commands import Caller
    from lipwire.ports import Clock

_KEPT: Final = timedelta(seconds=60)


class Callers:
    """Callers by the hash of their key, each remembered for at most 60 s."""

    def __init__(self, look_up: Callable[[str | None], Caller], clock: Clock) -> None:
        """`look_up` raises for a key that opens nothing."""
        self._look_up = look_up
        self._clock = clock
        #: Until when, and who.
        self._known: dict[str, tuple[datetime, Caller]] = {}

    def caller(self, key: str | None, *, is_fresh: bool) -> Caller:
        """Whose key it is; with `is_fresh` as it stands now, else as it stood at most 60 s ago.

        Raises:
            UnauthenticatedError: as `look_up` does; the key is forgotten.
        """
        now, name = self._clock.now(), hash_key(key or "")
        self._known = {k: known for k, known in self._known.items() if known[0] > now}
        known = self._known.pop(name, None)
        if known is None or is_fresh:
            caller = self._look_up(key)
            known = min(now + _KEPT, caller.valid_until or now + _KEPT), caller
        self._known[name] = known
        return known[1]

    def forget(self, key: str | None) -> None:
        """It was refused by what it asked for."""
        self._known.pop(hash_key(key or ""), None)
