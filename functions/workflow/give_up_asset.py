"""Step: what was to be spoken or fetched never will be."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import AssetId
from lipwire.observability import logger
from lipwire.usecases.give_up_awaited import give_up_awaited


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"asset_id"} -> nothing."""
    app = lambda_app()
    give_up_awaited(AssetId(event["asset_id"]), assets=app.assets, clock=app.clock)
