"""How a generation's own `callback_url` is told that it has ended; the vendor's payload is not public, this one is ours."""

from collections.abc import Mapping

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.lipdub.codec import number
from lipwire.domain.numbers import number_of
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """Both numbers, and the link where there is a result."""
    job = view.job
    return {
        "data": {
            "generate_id": number(job),
            "shot_id": number_of(job.source_id, job.account_id),
            "status": word,
            "download_url": view.output_url,
        }
    }


WEBHOOK = WebhookFormat(
    types={"job.succeeded": "finished", "job.failed": "failed", "job.canceled": "cancelled"},
    encode=encode,
)
