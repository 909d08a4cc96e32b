"""Ends of jobs and large batches that were accepted, from a queue."""

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
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.usecases.close_batch import close_batch
from lipwire.usecases.fill_batches import fill_batches

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of events; those that fail come again, the others don't."""
    return process_partial_response(
        event=event, record_handler=_close, processor=_PROCESSOR, context=context
    )


def _close(record: SQSRecord) -> None:
    app, event = lambda_app(), parse(json.loads(record.body)["detail"])
    # First: whatever is in the way of filling, the news of an end is not to suffer from it.
    if "job_id" in event.data:
        job_id = JobId(event.data["job_id"])
        if not close_batch(job_id, jobs=app.jobs, batches=app.batches, clock=app.clock):
            logger.info("nothing to close", correlation_id=job_id)
    made = fill_batches(event.metadata.account_id, stores=app)
    if made:
        logger.info("jobs of batches made", account_id=event.metadata.account_id, made=made)
