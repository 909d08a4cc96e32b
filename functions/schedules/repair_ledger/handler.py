"""Every quarter of an hour: holds that nothing would end."""

from typing import Any

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.reconciling import reconcile_and_tell


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: Any) -> None:
    """Tells what was found as metrics and log lines."""
    reconcile_and_tell(lambda_app(), is_deep=False)
