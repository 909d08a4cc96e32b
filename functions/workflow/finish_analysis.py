"""Step: what the analysis found stands on the asset."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import AssetId
from lipwire.observability import logger
from lipwire.usecases.finish_analysis import finish_analysis


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> None:
    """{"asset_id"} -> nothing."""
    app = lambda_app()
    finish_analysis(
        AssetId(event["asset_id"]),
        assets=app.assets,
        work=app.work,
        work_objects=app.work_objects,
    )
