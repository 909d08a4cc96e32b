"""New outbox rows, from the table's stream."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

from lipwire.adapters.dynamodb.outbox import outbox_row
from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.usecases.publish_outbox import publish_outbox

_PROCESSOR = BatchProcessor(event_type=EventType.DynamoDBStreams)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of changes; the stream goes on from the first that failed."""
    return process_partial_response(
        event=event, record_handler=_publish, processor=_PROCESSOR, context=context
    )


def _publish(record: DynamoDBRecord) -> None:
    change = record.dynamodb
    # The deletion of a published row comes through the stream as well.
    if record.event_name is not DynamoDBRecordEventName.INSERT or change is None:
        return
    app = lambda_app()
    row = outbox_row(change.new_image)
    publish_outbox(row, events=app.event_bus, workflows=app.workflows, outbox=app.outbox)
    logger.info("outbox row published", row_id=row.id, kind=row.kind, account_id=row.account_id)
