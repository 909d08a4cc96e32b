"""Facts from the bus, from a queue."""

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
from lipwire.usecases.fan_out_webhook import fan_out_webhook

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of events; those that fail come again, the others don't."""
    return process_partial_response(
        event=event, record_handler=_fan_out, processor=_PROCESSOR, context=context
    )


def _fan_out(record: SQSRecord) -> None:
    app = lambda_app()
    event = parse(json.loads(record.body)["detail"])
    targets = fan_out_webhook(
        event,
        jobs=app.jobs,
        batches=app.batches,
        endpoints=app.endpoints,
        deliveries=app.deliveries,
        queue=app.delivery_queue,
        clock=app.clock,
    )
    logger.info(
        "event fanned out",
        event_id=event.metadata.id,
        event_type=event.metadata.type,
        correlation_id=event.metadata.correlation_id,
        targets=targets,
    )
