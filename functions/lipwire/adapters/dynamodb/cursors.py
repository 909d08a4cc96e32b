"""Cursors of lists: opaque, bound to the account."""

import base64
import hashlib
import hmac

from lipwire.domain.errors import InvalidCursorError


def encode(last_id: str, *, account_id: str) -> str:
    """A cursor that continues after `last_id`; only this account can use it."""
    return (
        base64.urlsafe_b64encode(f"{_tag(last_id, account_id)}.{last_id}".encode())
        .decode()
        .rstrip("=")
    )


def decode(cursor: str, *, account_id: str) -> str:
    """The id a cursor continues after.

    Raises:
        InvalidCursorError: made up, cut, or another account's.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        tag, _, last_id = base64.urlsafe_b64decode(padded.encode()).decode().partition(".")
    except ValueError as exc:
        raise InvalidCursorError from exc
    if not hmac.compare_digest(tag.encode(), _tag(last_id, account_id).encode()):
        raise InvalidCursorError
    return last_id


def _tag(last_id: str, account_id: str) -> str:
    # Not a secret: a forged tag gives its forger only their own list, from another place.
    return hashlib.sha256(f"{account_id}:{last_id}".encode()).hexdigest()[:12]
