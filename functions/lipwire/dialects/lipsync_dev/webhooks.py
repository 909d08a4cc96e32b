"""How LipSync.dev tells the job's own URL that it has ended; unsigned, so the native headers are its signature."""

from collections.abc import Mapping

from lipwire.dialects.base import WebhookFormat
from lipwire.dialects.lipsync_dev.codec import credits_of, error_of
from lipwire.domain.views import JobView


def encode(view: JobView, word: str) -> Mapping[str, object]:
    """Result and credits, or the error."""
    job = view.job
    if word == "failed" or job.output is None:
        return {"jobId": job.id, "status": word, "error": error_of(job)}
    seconds, rest = divmod(job.output.duration_ms, 1000)
    return {
        "jobId": job.id,
        "status": word,
        "result": {
            "outputUrl": view.output_url,
            "duration": seconds + rest / 1000 if rest else seconds,
        },
        "creditsUsed": credits_of(job, job.charged_millicredits or 0),
    }


WEBHOOK = WebhookFormat(
    types={"job.succeeded": "completed", "job.failed": "failed", "job.canceled": "failed"},
    encode=encode,
)
