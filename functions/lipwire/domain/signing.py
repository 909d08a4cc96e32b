"""Signing after Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.model import Model

_SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # the published prefix of secrets, not one
_SECRET_BYTES: Final = range(24, 65)
#: After a rotation the secret before signs too, for this long unless the owner says otherwise.
DEFAULT_OVERLAP: Final = timedelta(hours=24)
_OLD_SECRETS: Final = 4


class OldSecret(Model):
    """A secret that was replaced and still signs, beside the new one, until then."""

    secret: str
    until: datetime


def signing(secret: str, old: Sequence[OldSecret], *, at: datetime) -> tuple[str, ...]:
    """All that sign at that moment, the current one first."""
    return (secret, *(one.secret for one in old if one.until > at))


def retired(
    secret: str, old: Sequence[OldSecret], *, at: datetime, overlap: timedelta
) -> tuple[OldSecret, ...]:
    """The old secrets once this one is too; those before sign on until their time is over (the oldest of five goes)."""
    kept = [one for one in old if one.until > at]
    return tuple(
        [*kept, *([OldSecret(secret=secret, until=at + overlap)] if overlap else [])][
            -_OLD_SECRETS:
        ]
    )


def new_secret(randomness: int) -> str:
    """A signing secret of 256 bits."""
    return _SECRET_PREFIX + base64.b64encode(randomness.to_bytes(32)).decode()


def signed_headers(
    message_id: str, body: bytes, *, secrets: Sequence[str], at: datetime
) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0 over exactly these bytes, one signature per secret.

    `at` is the attempt's time: receivers refuse what is older than five minutes, so a retry is signed anew.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError("a webhook secret is `whsec_` and base64") from exc
    if len(key) not in _SECRET_BYTES:
        raise ValueError("a webhook secret holds 24 to 64 bytes")
    return key
