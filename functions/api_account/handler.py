"""Serves the account routes of every dialect."""

from typing import Any

from lipwire.observability import logger
from lipwire.serving import serve


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP request."""
    return serve("ApiAccount", event, context)
