"""How JoggAI tells of tasks: an HMAC over the body alone, in hex, and the event's name in a header."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.joggai.codec import task_out, unix
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """The task as its route shows it, with the names that other videos of the vendor have."""
    job, data = view.job, task_out(view)
    if job.output is not None:
        data |= {
            "video_url": view.output_url,
            "cover_url": view.cover_url,
            "duration": job.output.duration_ms / 1000,
        }
    return {
        "event_id": f"{job.id}.{word}",
        "event": word,
        "timestamp": unix(job.finished_at or job.updated_at),
        "data": data,
    }


def sign(body: bytes, secret: str, at: datetime) -> Mapping[str, str]:
    """Hex HMAC-SHA256 over the body; the secret's own characters are the key."""
    del at
    return {
        "x-webhook-event": str(json.loads(body)["event"]),
        "x-webhook-signature": hmac.digest(secret.encode(), body, "sha256").hex(),
    }


#: The vendor has no word for a task that was called off.
WEBHOOK = WebhookFormat(
    types={
        "job.succeeded": "generated_lip_sync_video_success",
        "job.failed": "generated_lip_sync_video_failed",
    },
    encode=encode,
    sign=sign,
)
