"""Step: write the plan."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.stepping import step_of
from lipwire.usecases.plan_render import plan_render


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"job_id"} -> {"queue", "definition", "shards"} of the Batch job."""
    app, job_id = lambda_app(), JobId(event["job_id"])
    with step_of(job_id, app):
        target = plan_render(
            job_id,
            jobs=app.jobs,
            assets=app.assets,
            engines=app.engines,
            work=app.work,
            clock=app.clock,
        )
    return {
        "queue": target.queue,
        "definition": target.definition,
        "shards": target.shards,
    }
