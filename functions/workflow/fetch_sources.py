"""Step: fetch what comes from URLs; for a job, have texts spoken and pin the bytes."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import AssetId, JobId
from lipwire.observability import logger
from lipwire.stepping import step_of
from lipwire.usecases.fetch_from_urls import fetch_from_urls
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.fetch_upload import fetch_upload
from lipwire.usecases.speak_texts import speak_texts


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"job_id"} or {"asset_id"} -> nothing."""
    app = lambda_app()
    if "asset_id" in event:
        fetch_upload(AssetId(event["asset_id"]), stores=app)
        return
    job_id = JobId(event["job_id"])
    with step_of(job_id, app):
        fetch_from_urls(job_id, jobs=app.jobs, stores=app)
        speak_texts(
            job_id, jobs=app.jobs, assets=app.assets, uploads=app.uploads, speaker=app.speaker
        )
        fetch_sources(
            job_id, jobs=app.jobs, assets=app.assets, uploads=app.uploads, clock=app.clock
        )
