"""Cursors of lists: what a client hands back to go on. Sealed with the stage's key for one account and one list.

And lists by the number of a page, for vendors whose clients turn pages so.
"""

import base64
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from lipwire.domain.errors import InvalidCursorError
from lipwire.domain.ids import AccountId
from lipwire.domain.views import NumberedPage, Page

_TAG_BYTES: Final = 16
#: Counting takes reading all of them; older ones are listed by cursor.
_ROWS: Final = 100
_READS: Final = 5

Item = TypeVar("Item")


def seal(position: str, *, key: bytes, account_id: AccountId, listed: str) -> str:
    """A cursor that goes on after `position` in that account's list; URL-safe."""
    tag = _tag(position, key, account_id, listed)
    return base64.urlsafe_b64encode(tag + position.encode()).decode().rstrip("=")


def unseal(cursor: str, *, key: bytes, account_id: AccountId, listed: str) -> str:
    """The position again.

    Raises:
        InvalidCursorError: made up, changed, another account's, or of another list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        tag, position = raw[:_TAG_BYTES], raw[_TAG_BYTES:].decode()
    except ValueError as exc:
        raise InvalidCursorError from exc
    if not hmac.compare_digest(tag, _tag(position, key, account_id, listed)):
        raise InvalidCursorError
    return position


def _tag(position: str, key: bytes, account_id: AccountId, listed: str) -> bytes:
    # None of the three can hold a line's end but the last, so no two cursors are of the same words.
    said = f"lipwire cursor\n{account_id}\n{listed}\n{position}"
    return hmac.digest(key, said.encode(), "sha256")[:_TAG_BYTES]


def newest(read: Callable[[int, str | None], Page[Item]]) -> Iterator[Item]:
    """The first 500 of a list; `read` gives so many after a cursor."""
    cursor = None
    for _ in range(_READS):
        page = read(_ROWS, cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def numbered_page(found: Sequence[Item], page: int, per_page: int) -> NumberedPage[Item]:
    """The page of that number, from 1 on, of all that was found."""
    shown = tuple(found[(page - 1) * per_page : page * per_page])
    return NumberedPage(shown, len(found))
