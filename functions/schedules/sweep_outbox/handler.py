"""Every minute: outbox rows the stream left behind."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.sweep_outbox import sweep_outbox


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Raises what was in the way of the first row that could not be published, so that the alarm rings."""
    app = lambda_app()
    failures = sweep_outbox(
        outbox=app.outbox, events=app.event_bus, workflows=app.workflows, clock=app.clock
    )
    for row_id, error in failures.items():
        logger.error("outbox row stuck", row_id=row_id, code=error.code, exc_info=error)
    if failures:
        raise next(iter(failures.values()))
