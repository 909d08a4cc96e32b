"""Closed accounts, from a queue."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lipwire.bootstrap import lambda_app
from lipwire.domain.events import parse
from lipwire.observability import logger
from lipwire.usecases.erase_account import erase_account

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of events; an account that is not erased yet comes again."""
    return process_partial_response(
        event=event, record_handler=_erase, processor=_PROCESSOR, context=context
    )


def _erase(record: SQSRecord) -> None:
    app = lambda_app()
    account_id = parse(json.loads(record.body)["detail"]).metadata.account_id
    erase_account(
        account_id, stores=app, rows=app.account_rows, accounts=app.accounts, clock=app.clock
    )
    logger.info("account erased", account_id=account_id)
