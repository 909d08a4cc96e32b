"""S3's "Object Created" events, from a queue."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.ingest_upload import ingest_upload

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of events; those that fail come again, the others don't."""
    return process_partial_response(
        event=event, record_handler=_ingest, processor=_PROCESSOR, context=context
    )


def _ingest(record: SQSRecord) -> None:
    app = lambda_app()
    # EventBridge events carry the key as it is; only S3's own notifications encode it.
    key = json.loads(record.body)["detail"]["object"]["key"]
    if not ingest_upload(key, assets=app.assets, uploads=app.uploads, clock=app.clock):
        logger.info("stale message ignored", key=key)
