"""What the jobs API may touch."""

from lipwire.function_specs import Access, FunctionSpec, Need, gets, reads, writes
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="ApiJobs",
    handler="api_jobs.handler.handler",
    summary="Creates, reads, lists, cancels and deletes jobs; takes texts to speak.",
    needs=(
        reads(Resource.ACCOUNTS_TABLE),
        reads(Resource.IDEMPOTENCY_TABLE),
        writes(Resource.IDEMPOTENCY_TABLE),
        reads(Resource.ASSETS_TABLE),
        writes(Resource.ASSETS_TABLE),
        reads(Resource.JOBS_TABLE),
        writes(Resource.JOBS_TABLE),
        reads(Resource.LEDGER_TABLE),
        writes(Resource.LEDGER_TABLE),
        writes(Resource.LIMITS_TABLE),
        # Large batches that are open.
        gets(Resource.LIMITS_TABLE, "active#"),
        writes(Resource.OUTBOX_TABLE),
        reads(Resource.OUTPUTS_BUCKET, "outputs/"),
        # Links to what was spoken.
        reads(Resource.UPLOADS_BUCKET, "uploads/"),
        Need(Resource.OUTPUTS_BUCKET, Access.DELETE, "outputs/"),
        # Small files come with the request itself in one vendor's forms.
        writes(Resource.UPLOADS_BUCKET, "uploads/"),
        # A deleted job takes with it what was made for it, and sources that no other job names.
        Need(Resource.UPLOADS_BUCKET, Access.DELETE, "uploads/"),
        reads(Resource.WORK_BUCKET, "results/"),
        *(
            Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
            for prefix in ("parts/", "plans/", "results/", "analyses/", "batches/")
        ),
        # What large batches are made of: kept, and read where one is called off.
        writes(Resource.WORK_BUCKET, "batches/"),
        reads(Resource.WORK_BUCKET, "batches/"),
    ),
    timeout_s=29,
    parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS", "CONSENT_REQUIRED", "POLLY"),
)
