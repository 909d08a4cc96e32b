"""Every quarter of an hour: holds and fetches that nothing would end, and batches that nothing would fill or end."""

from contextlib import ExitStack
from typing import Any

from lipwire.bootstrap import App, lambda_app
from lipwire.observability import logger
from lipwire.reconciling import reconcile_and_tell
from lipwire.usecases.end_lost_fetches import end_lost_fetches
from lipwire.usecases.refill_batches import refill_batches


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Tells what was found as metrics and log lines; none holds up the others."""
    app = lambda_app()
    with ExitStack() as then:
        # Money first: what comes after it takes longer, and a run that is out of time is begun anew at the start.
        then.callback(_refill, app)
        then.callback(_end_fetches, app)
        reconcile_and_tell(app, is_deep=False)


def _refill(app: App) -> None:
    found = refill_batches(app.accounts.ids(), stores=app)
    if found.made:
        logger.warning("jobs of batches made that no event had made", made=found.made)
    if found.told:
        logger.warning("ends of batches told that no event had told", told=found.told)
    for account_id, error in found.failures.items():
        logger.error("batches not filled", account_id=account_id, exc_info=error)
    if found.failures:
        raise next(iter(found.failures.values()))


def _end_fetches(app: App) -> None:
    found = end_lost_fetches(
        app.accounts.ids(), limits=app.limits, assets=app.assets, clock=app.clock
    )
    for asset_id in found.ended:
        logger.warning("fetch ended that nothing had ended", asset_id=asset_id)
    for account_id, error in found.failures.items():
        logger.error("fetches not looked at", account_id=account_id, exc_info=error)
    if found.failures:
        raise next(iter(found.failures.values()))
