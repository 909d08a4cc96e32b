"""Batches: large ones are filled, and those whose last job has ended are told."""

from lipwire.function_specs import (
    ERASING_ASSETS,
    Access,
    ConsumerSpec,
    FunctionSpec,
    Need,
    checks,
    gets,
    reads,
    writes,
)
from lipwire.resources import Resource

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="CloseBatches",
        handler="consumers.close_batches.handler.handler",
        summary="Makes large batches' jobs as there is room for them; tells that a batch has completed.",
        needs=(
            gets(Resource.ACCOUNTS_TABLE, "acct_"),
            checks(Resource.ACCOUNTS_TABLE, "acct_"),  # whether the account is still active
            # Of one account, its jobs are looked through for who names an asset.
            Need(Resource.JOBS_TABLE, Access.READ, "job_", ("bat_", "acct_")),
            # One transaction writes rows of a batch and of its jobs.
            Need(Resource.JOBS_TABLE, Access.CHANGE, "job_", ("bat_",)),
            # What was made for jobs that never are is deleted.
            gets(Resource.ASSETS_TABLE, "ast_"),
            writes(Resource.ASSETS_TABLE, "ast_"),
            reads(Resource.LEDGER_TABLE, "acct_"),
            Need(Resource.LEDGER_TABLE, Access.CHANGE, "acct_"),
            gets(Resource.LIMITS_TABLE, "active#"),
            Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),
            Need(Resource.OUTBOX_TABLE, Access.PUT, "out_"),
            reads(Resource.WORK_BUCKET, "batches/"),
            Need(Resource.WORK_BUCKET, Access.DELETE, "batches/"),
            *ERASING_ASSETS,
        ),
        # Twenty jobs are a transaction of 0.1 s: all of the largest batch, where there is room for them.
        timeout_s=60,
    ),
    events=("BatchAccepted", "JobSucceeded", "JobFailed", "JobCanceled"),
)
