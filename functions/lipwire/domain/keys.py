"""API keys: their form, what is kept of them, and what each may do."""

import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lipwire.domain.ids import AccountId
from lipwire.domain.model import Model

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Patterns of the domain are compiled by `re` where they are first needed, not in every cold start.
_KEY: Final = r"lw_(live|test)_([0-9A-Za-z]{10})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})"
_PUBLIC_ID: Final = r"[0-9A-Za-z]{10}"

#: After a rotation the key before works on, for this long unless its owner says otherwise.
DEFAULT_GRACE: Final = timedelta(hours=24)
#: How many keys an account may have that still open something.
MOST_KEYS: Final = 100


class KeyMode(StrEnum):
    """What a key's jobs cost: those of test keys nothing, and their outputs say so."""

    LIVE = "live"
    TEST = "test"


class Scope(StrEnum):
    """What a key may do; `admin` is keys, money's history and the account itself."""

    JOBS = "jobs"
    UPLOADS = "uploads"
    WEBHOOKS = "webhooks"
    ADMIN = "admin"


class ApiKey(Model):
    """What we keep of a key: never the secret, only its SHA-256."""

    public_id: str
    account_id: AccountId
    name: str
    mode: KeyMode = KeyMode.LIVE
    scopes: tuple[Scope, ...] = tuple(Scope)
    #: This key's own limit on requests that make something, below its account's.
    requests_per_minute: int | None = None
    secret_sha256: str
    #: Opens nothing from then on; whole seconds.
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    #: The key that took its place at a rotation.
    replaced_by: str | None = None
    created_at: datetime

    def opens_with(self, key: str, *, at: datetime) -> bool:
        """Whether this is that key and it works at that moment; compared in constant time."""
        return hmac.compare_digest(self.secret_sha256, hash_key(key)) and self.works(at)

    def works(self, at: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.valid_until is None or at < self.valid_until)

    def end_by(self, moment: datetime) -> datetime:
        """When it ends, where it must not work longer than until `moment`."""
        whole = whole_seconds(moment)
        return min(self.valid_until or whole, whole)


class MintedKey(Model):
    """A new key's text, which is shown once, and what is kept of it."""

    text: str
    record: ApiKey


def mint_key(
    account_id: AccountId,
    *,
    name: str,
    mode: KeyMode,
    scopes: Collection[Scope],
    at: datetime,
    secret: Callable[[int], int],
    valid_until: datetime | None = None,
    requests_per_minute: int | None = None,
) -> MintedKey:
    """A new key of the account; `secret` draws that many random bits."""
    public_id = base62(secret(64), 10)
    text = make_key(mode, public_id=public_id, secret=base62(secret(256), 32))
    return MintedKey(
        text=text,
        record=ApiKey(
            public_id=public_id,
            account_id=account_id,
            name=name,
            mode=mode,
            scopes=tuple(scope for scope in Scope if scope in scopes),
            requests_per_minute=requests_per_minute,
            secret_sha256=hash_key(text),
            valid_until=whole_seconds(valid_until) if valid_until else None,
            created_at=at,
        ),
    )


def make_key(mode: str, *, public_id: str, secret: str) -> str:
    """A key of the published form, checksum last: `lw_live_<public id>_<secret><checksum>`."""
    body = f"lw_{mode}_{public_id}_{secret}"
    key = body + _checksum(body)
    if public_id_of(key) != public_id:
        raise ValueError("public_id must be 10 and secret 32 base62 characters")
    return key


def public_id_of(key: str) -> str | None:
    """The key's public id, or None for junk: form and checksum are judged without any look-up."""
    match = re.fullmatch(_KEY, key)
    if match is None or not hmac.compare_digest(_checksum(key[:-6]), match.group(4)):
        return None
    return match.group(2)


def is_public_id(text: str) -> bool:
    """Whether it has the form of a key's public id."""
    return re.fullmatch(_PUBLIC_ID, text) is not None


def hash_key(key: str) -> str:
    """SHA-256 of the whole key; its 190 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def base62(number: int, width: int) -> str:
    """`number` in base 62, padded to `width` digits and cut to the last ones."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def whole_seconds(moment: datetime) -> datetime:
    """The moment without its fraction: as text, whole seconds sort as they follow each other."""
    return moment.replace(microsecond=0)


def _checksum(text: str) -> str:
    return base62(zlib.crc32(text.encode()), 6)
