"""Finds the file of the media that a page shows; fetching it is left to whoever asks."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.domain.assets import Problem
from lipwire.domain.errors import SourceUrlError
from lipwire.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"url", "is_picture"} -> {"url"} or {"problem": {"code", "message"}}."""
    # Thousands of sites in one import: only once there is a page.
    from pages.resolve import media_url

    try:
        found = media_url(
            event["url"], guard=lambda_app().url_guard, is_picture=event["is_picture"]
        )
    except SourceUrlError as error:
        logger.info("page not resolved", code=error.code)
        return {"problem": Problem.of(error).model_dump()}
    logger.info("page resolved")
    return {"url": found}
