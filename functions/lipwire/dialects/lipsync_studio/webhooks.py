"""How lipsync.studio tells the job's own URL that it has ended; unsigned, so the native headers are its signature."""

from collections.abc import Mapping

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.lipsync_studio.codec import job_out
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """The job as its route shows it."""
    return job_out(view) | {"status": word}


WEBHOOK = WebhookFormat(
    types={"job.succeeded": "completed", "job.failed": "failed", "job.canceled": "failed"},
    encode=encode,
)
