"""Identifiers: a typed prefix, then 26 characters that sort by time (a ULID)."""

import re
from typing import NewType

AccountId = NewType("AccountId", str)
KeyId = NewType("KeyId", str)
AssetId = NewType("AssetId", str)
JobId = NewType("JobId", str)
BatchId = NewType("BatchId", str)
EndpointId = NewType("EndpointId", str)
EventId = NewType("EventId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID = r"^[a-z]{3,4}_[0-9a-hjkmnp-tv-z]{26}$"


def sortable_id(prefix: str, *, milliseconds: int, randomness: int) -> str:
    """Prefix, 48 bits of time and 80 bits of randomness; ids made later sort later."""
    value = (milliseconds << 80) | (randomness & ((1 << 80) - 1))
    digits = [ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(digits)}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the form of one of our ids with this prefix."""
    return text.startswith(f"{prefix}_") and re.match(_ID, text) is not None
