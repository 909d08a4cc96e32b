"""Cursors between a client and the lists behind a use case."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lipwire.domain.commands import Caller, Command
from lipwire.domain.cursors import seal, unseal


def turn_pages(
    run: Callable[[Command], Any],
    command: Command,
    caller: Caller,
    *,
    listed: str,
    key: Callable[[], bytes],
) -> Any:
    """What `run` makes of the command, its cursor unsealed before and the next one sealed after.

    So every list of every dialect has cursors that only their account can use, and stores know positions alone.

    Raises:
        InvalidCursorError: the cursor was not made for this account and list.
    """
    account_id = caller.account.id
    cursor = getattr(command, "cursor", None)
    if cursor is not None:
        position = unseal(cursor, key=key(), account_id=account_id, listed=listed)
        command = command.model_copy(update={"cursor": position})
    view = run(command)
    following = getattr(view, "next_cursor", None)
    if following is None:
        return view
    sealed = seal(following, key=key(), account_id=account_id, listed=listed)
    return replace(view, next_cursor=sealed)
