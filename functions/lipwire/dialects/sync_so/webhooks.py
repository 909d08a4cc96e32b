"""How sync.so tells of generations: the generation itself, timestamp and HMAC in one header."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.sync_so.batches import batch_out
from lipwire.dialects.sync_so.codec import generation_out
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """The generation as `GET /v2/generate/{id}` shows it; the address of one receiver is no business of another's."""
    del word
    return generation_out(view) | {"webhookUrl": None}


def sign(body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
    """Hex HMAC-SHA256 over `timestamp.body`; the secret's own characters are the key."""
    timestamp = str(int(at.timestamp()))
    signature = hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()
    return {"sync-signature": f"t={timestamp},v1={signature}"}


WEBHOOK = WebhookFormat(
    types={
        "job.succeeded": "COMPLETED",
        "job.failed": "FAILED",
        "job.canceled": "REJECTED",
    },
    encode=encode,
    sign=sign,
    encode_batch=batch_out,
)
