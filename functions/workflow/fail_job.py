"""Step: the failure lane."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.usecases.fail_job import fail_job


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"job_id", "error": {"Error", "Cause"}} -> nothing."""
    error = event.get("error", {})
    fail_job(
        JobId(event["job_id"]),
        error.get("Error", ""),
        error.get("Cause", ""),
        jobs=lambda_app().jobs,
    )
