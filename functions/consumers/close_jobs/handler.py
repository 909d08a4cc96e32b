"""Step Functions' status changes, from a queue."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lipwire.bootstrap import lambda_app
from lipwire.domain.ids import JobId
from lipwire.observability import logger
from lipwire.usecases.fail_job import fail_job

_PROCESSOR = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    """A batch of ended executions; those that fail come again, the others don't."""
    return process_partial_response(
        event=event, record_handler=_close, processor=_PROCESSOR, context=context
    )


def _close(record: SQSRecord) -> None:
    detail = json.loads(record.body)["detail"]
    # An execution's name is its job's id.
    error = "States.Timeout" if detail["status"] == "TIMED_OUT" else detail.get("error") or ""
    job_id = JobId(detail["name"])
    if not fail_job(job_id, error, detail.get("cause") or "", jobs=lambda_app().jobs):
        logger.info("stale message ignored", correlation_id=job_id)
