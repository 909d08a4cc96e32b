"""Step: refuse what can't be rendered."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.stepping import step_of
from lipwire.usecases.validate_sources import validate_sources


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"job_id"} -> nothing."""
    app, job_id = lambda_app(), JobId(event["job_id"])
    with step_of(job_id, app):
        validate_sources(
            job_id,
            jobs=app.jobs,
            assets=app.assets,
            accounts=app.accounts,
            probe=app.probe,
            clock=app.clock,
        )
