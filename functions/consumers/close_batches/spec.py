"""Batches whose last job has ended."""

from lipwire.resources import ConsumerSpec, FunctionSpec, Resource, reads, writes

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="CloseBatches",
        handler="consumers.close_batches.handler.handler",
        summary="Tells that a batch has completed, once every job of it has ended.",
        needs=(
            reads(Resource.JOBS_TABLE),
            writes(Resource.JOBS_TABLE),
            writes(Resource.OUTBOX_TABLE),
        ),
    ),
    events=("JobSucceeded", "JobFailed", "JobCanceled"),
)
