"""A view goes out."""

from collections.abc import Callable
from typing import Any

from lipwire.domain.commands import Caller
from lipwire.domain.cursors import seal


def seal_cursor(view: Any, caller: Caller, *, listed: str, key: Callable[[], bytes]) -> Any:
    """The view as its caller gets it: a cursor in it, if there is one, is the caller's alone."""
    following = getattr(view, "next_cursor", None)
    if following is None:
        return view
    cursor = seal(following, key=key(), account_id=caller.account.id, listed=listed)
    return view._replace(next_cursor=cursor)
