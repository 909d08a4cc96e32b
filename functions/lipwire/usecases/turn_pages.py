"""Cursors between a client and the lists behind a use case."""

from collections.abc import Callable
from typing import Any

from lipwire.domain.commands import Caller, Command
from lipwire.domain.cursors import unseal
from lipwire.usecases.seal_cursor import seal_cursor


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
    cursor = getattr(command, "cursor", None)
    if cursor is not None:
        position = unseal(cursor, key=key(), account_id=caller.account.id, listed=listed)
        command = command.model_copy(update={"cursor": position})
    return seal_cursor(run(command), caller, listed=listed, key=key)
