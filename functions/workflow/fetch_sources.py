"""Step: fetch what comes from URLs, have texts spoken, pin the bytes."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.stepping import step_of
from lipwire.usecases.fetch_from_urls import fetch_from_urls
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.speak_texts import speak_texts


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"job_id"} -> nothing."""
    app, job_id = lambda_app(), JobId(event["job_id"])
    with step_of(job_id, app):
        fetch_from_urls(
            job_id,
            jobs=app.jobs,
            assets=app.assets,
            accounts=app.accounts,
            uploads=app.uploads,
            fetcher=app.media_fetcher,
            pages=app.pages,
            clock=app.clock,
        )
        speak_texts(
            job_id, jobs=app.jobs, assets=app.assets, uploads=app.uploads, speaker=app.speaker
        )
        fetch_sources(
            job_id, jobs=app.jobs, assets=app.assets, uploads=app.uploads, clock=app.clock
        )
