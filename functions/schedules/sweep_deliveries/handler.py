"""Every minute: deliveries whose time has come."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.sweep_deliveries import sweep_deliveries


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Wakes what is due."""
    app = lambda_app()
    woken = sweep_deliveries(deliveries=app.deliveries, queue=app.delivery_queue, clock=app.clock)
    logger.info("deliveries woken", count=woken)
