"""Every minute: deliveries whose time has come."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.sweep_deliveries import sweep_deliveries


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Wakes what is due. Raises what was in the way of the first account, so that the alarm rings."""
    app = lambda_app()
    sweep = sweep_deliveries(deliveries=app.deliveries, queue=app.delivery_queue, clock=app.clock)
    logger.info("deliveries woken", count=sweep.woken)
    for account_id, error in sweep.failures.items():
        logger.error("account not swept", account_id=account_id, code=error.code, exc_info=error)
    if sweep.failures:
        raise next(iter(sweep.failures.values()))
