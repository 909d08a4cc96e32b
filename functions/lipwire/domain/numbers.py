"""Whole numbers and UUIDs for ids, for vendors whose clients know things by those.

A numbered id is a UUID of version 7 (RFC 9562) in our spelling: 48 bits of time, 12 bits to tell moments apart, 62 bits
that follow from the account, the kind of thing and the number. The number is the milliseconds since 2026 and the 12
bits: 53 bits until 2095, which JavaScript holds exactly. So nothing is stored to find a thing by its number, and a
number leads to things of the account that asks and to no other's; of two of an account that
would share one the second can't be written, and draws another.
"""

import hashlib
import re
from typing import Final

from pydantic import ConfigDict, Field

from lipwire.domain.ids import ALPHABET, is_id
from lipwire.domain.model import Model

#: What JavaScript counts up to exactly.
MAX_NUMBER: Final = 2**53 - 1

#: 2026-01-01 in UTC.
_EPOCH_MS: Final = 1_767_225_600_000
_MOMENT_BITS: Final = 12
_DIGEST_BITS: Final = 62
_UUID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class OwnNumber(Model):
    """In place of an id: the one that this number leads to in the account that asks."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=0, le=MAX_NUMBER)


def numbered(new: str, account_id: str) -> str:
    """The id that a thing of this account gets in place of `new`: as old, but one that its number leads to."""
    value = _value(new)
    since = max(0, (value >> 80) - _EPOCH_MS)
    moment = value & ((1 << _MOMENT_BITS) - 1)
    number = (since << _MOMENT_BITS | moment) & MAX_NUMBER
    return id_of(new.partition("_")[0], number, account_id)


def own_id(prefix: str, named: str | OwnNumber, account_id: str) -> str:
    """The id, where a number may stand in its place."""
    return id_of(prefix, named.number, account_id) if isinstance(named, OwnNumber) else named


def id_of(prefix: str, number: int, account_id: str) -> str:
    """The id that this number leads to in this account, whether there is such a thing or not."""
    milliseconds, moment = divmod(number, 1 << _MOMENT_BITS)
    value = (_EPOCH_MS + milliseconds) << 80 | 0x7 << 76 | moment << 64 | 0b10 << 62
    value |= _digest(prefix, str(number), account_id) >> (256 - _DIGEST_BITS)
    return f"{prefix}_{_spelled(value)}"


def number_of(own_id: str, account_id: str) -> int | None:
    """The number of an id; None of one that no number leads to."""
    value = _value(own_id)
    since = (value >> 80) - _EPOCH_MS
    number = since << _MOMENT_BITS | (value >> 64) & ((1 << _MOMENT_BITS) - 1)
    is_own = 0 <= number <= MAX_NUMBER
    prefix = own_id.partition("_")[0]
    return number if is_own and id_of(prefix, number, account_id) == own_id else None


def named_number(kind: str, name: str, account_id: str) -> int:
    """The same number for the same name of that kind in that account."""
    return _digest(kind, name, account_id) >> (256 - 53)


def uuid_of(own_id: str) -> str:
    """An id in a UUID's spelling."""
    digits = f"{_value(own_id):032x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)


def of_uuid(prefix: str, text: str) -> str | None:
    """The id that is spelled so; None of what is no UUID."""
    if not re.fullmatch(_UUID, text.lower(), re.ASCII):
        return None
    return f"{prefix}_{_spelled(int(text.replace('-', ''), 16))}"


def _digest(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(words).encode()).digest())


def _value(own_id: str) -> int:
    prefix, _, digits = own_id.partition("_")
    if not is_id(own_id, prefix):
        raise ValueError(f"{own_id!r} is no id")
    value = 0
    for digit in digits:
        value = value << 5 | ALPHABET.index(digit)
    return value & ((1 << 128) - 1)


def _spelled(value: int) -> str:
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
