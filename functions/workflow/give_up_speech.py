"""Step: what was to be spoken never will be."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import AssetId
from lipwire.observability import logger
from lipwire.usecases.give_up_speech import give_up_speech


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"asset_id"} -> nothing."""
    app = lambda_app()
    give_up_speech(AssetId(event["asset_id"]), assets=app.assets, clock=app.clock)
