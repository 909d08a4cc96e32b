"""EventBridge's matching, as far as our patterns use it."""

from collections.abc import Mapping
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a rule with this pattern lets the event through.

    Raises:
        NotImplementedError: the pattern uses a filter this doesn't know; teach it rather than guess.
    """
    return all(
        matches(wanted, event.get(name, {}))
        if isinstance(wanted, Mapping)
        else any(_filter(one, event.get(name)) for one in wanted)
        for name, wanted in pattern.items()
    )


def _filter(wanted: object, found: object) -> bool:
    if not isinstance(wanted, Mapping):
        return wanted == found
    if set(wanted) == {"prefix"}:
        return isinstance(found, str) and found.startswith(wanted["prefix"])
    raise NotImplementedError(str(wanted))
