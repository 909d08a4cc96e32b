"""Executions that ended without ending their job: timed out, stopped by an operator, or lost in their failure lane."""

from lipwire.function_specs import ConsumerSpec, FunctionSpec, reads, writes
from lipwire.resources import Resource

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="CloseJobs",
        handler="consumers.close_jobs.handler.handler",
        summary="Fails a job whose execution is over and releases its hold; leaves ended jobs alone.",
        needs=(
            reads(Resource.JOBS_TABLE),
            writes(Resource.JOBS_TABLE),
            reads(Resource.LEDGER_TABLE),
            writes(Resource.LEDGER_TABLE),
            writes(Resource.LIMITS_TABLE),
            writes(Resource.OUTBOX_TABLE),
        ),
    ),
    aws_pattern={
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": ["${JOB_STATE_MACHINE}"],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    },
)
