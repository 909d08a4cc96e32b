"""Every six hours: jobs and assets whose time is over."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.sweep_retention import sweep_retention


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Erases what it can; what one run leaves, the next one finds. Raises what was first in its way: the alarm rings."""
    app = lambda_app()
    swept = sweep_retention(aged=app.aged_rows, accounts=app.accounts, stores=app, clock=app.clock)
    logger.info("retention swept", jobs=swept.jobs, assets=swept.assets)
    for row_id, error in swept.failures.items():
        logger.error("row not swept", row_id=row_id, exc_info=error)
    if swept.failures:
        raise next(iter(swept.failures.values()))
