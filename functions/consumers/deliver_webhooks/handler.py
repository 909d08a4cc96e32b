"""Deliveries that are due, from a queue."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lipwire.bootstrap import lambda_app
from lipwire.domain.webhooks import DeliveryId
from lipwire.observability import logger
from lipwire.usecases.deliver_webhook import deliver_webhook

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of wake-ups; those that fail come again, the others don't."""
    return process_partial_response(
        event=event, record_handler=_deliver, processor=_PROCESSOR, context=context
    )


def _deliver(record: SQSRecord) -> None:
    app = lambda_app()
    delivery_id = DeliveryId(json.loads(record.body)["delivery_id"])
    delivery = deliver_webhook(
        delivery_id,
        deliveries=app.deliveries,
        endpoints=app.endpoints,
        secrets=app.account_secrets,
        views=app.job_views,
        sender=app.http_sender,
        queue=app.delivery_queue,
        clock=app.clock,
        ids=app.ids,
    )
    if delivery is None:
        # Early, doubled, or of a delivery that has ended; one that waits for a place is woken by whoever gives it back.
        logger.info("wake-up ignored", delivery_id=delivery_id)
    else:
        logger.info(
            "delivery attempted",
            delivery_id=delivery.id,
            event_id=delivery.event_id,
            account_id=delivery.account_id,
            correlation_id=delivery.job_id or delivery.endpoint_id,
            attempts=delivery.attempts,
            status=delivery.status,
        )
