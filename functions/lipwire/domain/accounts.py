"""Accounts, API keys and what a plan allows."""

import hashlib
import hmac
import re
import zlib
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from lipwire.domain.ids import AccountId

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY: Final = re.compile(r"^lw_(live|test)_([0-9A-Za-z]{10})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$")


class Plan(BaseModel):
    """What an account may ask for; plain data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    max_duration_ms: int
    max_upload_bytes: int
    max_pixels: int
    retention_days: int


PLANS: Final = {
    "standard": Plan(
        name="standard",
        max_duration_ms=30 * 60 * 1000,
        max_upload_bytes=20 * 1024**3,
        # 4K video, and what a phone's camera takes.
        max_pixels=4096 * 4096,
        retention_days=30,
    ),
}


class AccountStatus(StrEnum):
    """Only active accounts may call."""

    ACTIVE = "active"
    CLOSED = "closed"


class Account(BaseModel):
    """The paying tenant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: AccountId
    name: str
    plan: str = "standard"
    status: AccountStatus = AccountStatus.ACTIVE
    #: Signs webhooks of jobs that name a `webhook_url` instead of a registered endpoint.
    webhook_secret: str
    created_at: datetime

    @property
    def limits(self) -> Plan:
        """The limits of this account's plan."""
        return PLANS[self.plan]


class ApiKey(BaseModel):
    """What we keep of a key: never the secret, only its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    public_id: str
    account_id: AccountId
    name: str
    secret_sha256: str
    revoked_at: datetime | None = None
    created_at: datetime

    def opens_with(self, key: str) -> bool:
        """Whether this is that key and it is not revoked; compared in constant time."""
        matches = hmac.compare_digest(self.secret_sha256, hash_key(key))
        return matches and self.revoked_at is None


def make_key(mode: str, *, public_id: str, secret: str) -> str:
    """A key of the published form, checksum last: `lw_live_<public id>_<secret><checksum>`."""
    body = f"lw_{mode}_{public_id}_{secret}"
    key = body + _checksum(body)
    if public_id_of(key) != public_id:
        raise ValueError("public_id must be 10 and secret 32 base62 characters")
    return key


def public_id_of(key: str) -> str | None:
    """The key's public id, or None for junk: form and checksum are judged without any look-up."""
    match = _KEY.match(key)
    if match is None or not hmac.compare_digest(_checksum(key[:-6]), match.group(4)):
        return None
    return match.group(2)


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


def _checksum(text: str) -> str:
    return base62(zlib.crc32(text.encode()), 6)
