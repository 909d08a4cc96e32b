"""Step: charge what was rendered."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.stepping import step_of
from lipwire.usecases.settle_job import settle_job


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"job_id"} -> nothing."""
    app, job_id = lambda_app(), JobId(event["job_id"])
    with step_of(job_id, app):
        settle_job(job_id, jobs=app.jobs, work=app.work, ledger=app.ledger, clock=app.clock)
