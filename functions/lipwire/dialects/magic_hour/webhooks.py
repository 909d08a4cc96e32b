"""How Magic Hour tells of projects: `{"type", "payload"}`, an HMAC over timestamp and body in hex."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.magic_hour.codec import project_out
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """The payload is the project as `GET /v1/video-projects/{id}` shows it."""
    return {"type": word, "payload": project_out(view).model_dump(mode="json")}


def sign(body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
    """Hex HMAC-SHA256 over `timestamp.body`; the secret's own characters are the key."""
    timestamp = str(int(at.timestamp()))
    signed = f"{timestamp}.".encode() + body
    return {
        "magic-hour-event-timestamp": timestamp,
        "magic-hour-event-signature": hmac.digest(secret.encode(), signed, "sha256").hex(),
    }


#: A project that was canceled is not told of, as the vendor doesn't.
WEBHOOK = WebhookFormat(
    types={
        "job.started": "video.started",
        "job.succeeded": "video.completed",
        "job.failed": "video.errored",
    },
    encode=encode,
    sign=sign,
)
