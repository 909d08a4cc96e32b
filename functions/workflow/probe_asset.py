"""Step: have a text spoken, look into an upload, and plan its face analysis."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import AssetId
from lipwire.observability import logger
from lipwire.usecases.begin_analysis import begin_analysis
from lipwire.usecases.finish_speech import finish_speech


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"asset_id"} -> {"analyze", "queue", "definition"}."""
    app, asset_id = lambda_app(), AssetId(event["asset_id"])
    finish_speech(
        asset_id,
        assets=app.assets,
        uploads=app.uploads,
        speaker=app.speaker,
        ledger=app.ledger,
        clock=app.clock,
    )
    start = begin_analysis(
        asset_id,
        assets=app.assets,
        accounts=app.accounts,
        probe=app.probe,
        engines=app.engines,
        work=app.work,
        clock=app.clock,
    )
    return {
        "analyze": start.analyze,
        "queue": start.queue,
        "definition": start.definition,
    }
