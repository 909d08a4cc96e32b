"""Batches: large ones are filled, and those whose last job has ended are told."""

from lipwire.resources import Access, ConsumerSpec, FunctionSpec, Need, Resource, reads

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="CloseBatches",
        handler="consumers.close_batches.handler.handler",
        summary="Makes large batches' jobs as there is room for them; tells that a batch has completed.",
        needs=(
            reads(Resource.ACCOUNTS_TABLE),
            reads(Resource.JOBS_TABLE),
            # A transaction has rows of a batch and of its jobs: no one prefix is that of all.
            Need(Resource.JOBS_TABLE, Access.CHANGE),
            Need(Resource.ASSETS_TABLE, Access.CHANGE, "ast_"),
            reads(Resource.LEDGER_TABLE),
            Need(Resource.LEDGER_TABLE, Access.CHANGE),
            reads(Resource.LIMITS_TABLE),
            Need(Resource.LIMITS_TABLE, Access.CHANGE),
            Need(Resource.OUTBOX_TABLE, Access.PUT, "out_"),
            reads(Resource.WORK_BUCKET, "batches/"),
            Need(Resource.WORK_BUCKET, Access.DELETE, "batches/"),
        ),
        # Twenty jobs are a transaction of 0.1 s: all of the largest batch, where there is room for them.
        timeout_s=60,
    ),
    events=("BatchAccepted", "JobSucceeded", "JobFailed", "JobCanceled"),
)
