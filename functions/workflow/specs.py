"""The steps of the state machines and what each may touch."""

from lipwire.function_specs import Access, FunctionSpec, Need, checks, gets, reads, writes
from lipwire.resources import Resource

FETCH_SOURCES = FunctionSpec(
    name="FetchSources",
    handler="workflow.fetch_sources.handler",
    summary="Fetches what comes from URLs, for jobs and for uploads; has texts spoken; pins the exact bytes of source and speech.",
    needs=(
        # It speaks to strangers: it gets and changes rows whose ids it was given, and can read no upload.
        gets(Resource.ACCOUNTS_TABLE, "acct_"),
        gets(Resource.JOBS_TABLE, "job_"),
        Need(Resource.JOBS_TABLE, Access.CHANGE, "job_"),
        gets(Resource.ASSETS_TABLE, "ast_"),
        Need(Resource.ASSETS_TABLE, Access.CHANGE, "ast_"),
        # Uploads that are fetched are counted.
        Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),
        Need(Resource.OUTBOX_TABLE, Access.PUT, "out_"),
        Need(Resource.UPLOADS_BUCKET, Access.LIST, "uploads/"),
        writes(Resource.UPLOADS_BUCKET, "uploads/"),
        Need(Resource.SPEAK_FUNCTION, Access.INVOKE),
    ),
    # A whole core (1769 MiB are one; 512 MiB are 0.29). 2 GB in a fetch's 200 s are 10 MB/s in, and the same out. In
    # Python, with TLS on both sides, they take 18 s of a server's core, say 30 here; 239 parts of 8 MiB wait 0.1 s each
    # for their answer, 24 s; reading and writing take turns, at the 70 MB/s that a function of this size is seen to have
    # 57 s: 111 s in all. With 512 MiB, of a third of the network too, it would be over 290 s.
    memory_mib=1769,
    # A fetch that begins after 350 s, with the page it may lead to, and two texts that are spoken: see `fetch_from_urls`.
    timeout_s=900,
    parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS"),
)

VALIDATE_SOURCES = FunctionSpec(
    name="ValidateSources",
    handler="workflow.validate_sources.handler",
    summary="Refuses what can't be rendered before any render time is spent; fits the hold to the real length.",
    needs=(
        reads(Resource.JOBS_TABLE),
        writes(Resource.JOBS_TABLE),
        reads(Resource.ACCOUNTS_TABLE),
        reads(Resource.ASSETS_TABLE),
        writes(Resource.ASSETS_TABLE),
        reads(Resource.LEDGER_TABLE),
        writes(Resource.LEDGER_TABLE),
        writes(Resource.OUTBOX_TABLE),
        Need(Resource.PROBE_FUNCTION, Access.INVOKE),
    ),
    timeout_s=150,
)

PLAN_RENDER = FunctionSpec(
    name="PlanRender",
    handler="workflow.plan_render.handler",
    summary="Writes the render plan, decides the number of parts, and names the Batch queue and job definition.",
    needs=(
        reads(Resource.JOBS_TABLE),
        writes(Resource.JOBS_TABLE),
        reads(Resource.ASSETS_TABLE),
        writes(Resource.OUTBOX_TABLE),
        writes(Resource.WORK_BUCKET, "plans/"),
    ),
    parameters=("BATCH_TARGETS", "SHARD_SECONDS"),
)

SETTLE_JOB = FunctionSpec(
    name="SettleJob",
    handler="workflow.settle_job.handler",
    summary="Charges the frames rendered, returns the rest of the hold, and ends the job as succeeded.",
    needs=(
        reads(Resource.JOBS_TABLE),
        writes(Resource.JOBS_TABLE),
        reads(Resource.LEDGER_TABLE),
        writes(Resource.LEDGER_TABLE),
        writes(Resource.LIMITS_TABLE),
        writes(Resource.OUTBOX_TABLE),
        reads(Resource.WORK_BUCKET, "results/"),
    ),
)

FAIL_JOB = FunctionSpec(
    name="FailJob",
    handler="workflow.fail_job.handler",
    summary="Releases the hold and ends the job as failed with a stable code.",
    needs=(
        reads(Resource.JOBS_TABLE),
        writes(Resource.JOBS_TABLE),
        reads(Resource.LEDGER_TABLE),
        writes(Resource.LEDGER_TABLE),
        writes(Resource.LIMITS_TABLE),
        writes(Resource.OUTBOX_TABLE),
    ),
)

PROBE_ASSET = FunctionSpec(
    name="ProbeAsset",
    handler="workflow.probe_asset.handler",
    summary="Has a text spoken; has the media box look into an upload and records what it found; plans its face analysis.",
    needs=(
        reads(Resource.ACCOUNTS_TABLE),
        reads(Resource.ASSETS_TABLE),
        writes(Resource.ASSETS_TABLE),
        reads(Resource.LEDGER_TABLE),
        writes(Resource.LEDGER_TABLE),
        writes(Resource.OUTBOX_TABLE),
        reads(Resource.UPLOADS_BUCKET, "uploads/"),
        Need(Resource.SPEAK_FUNCTION, Access.INVOKE),
        Need(Resource.PROBE_FUNCTION, Access.INVOKE),
        writes(Resource.WORK_BUCKET, "plans/"),
    ),
    # A text: tries begin in the first 15 s, and the longest takes 130; then the probe, whose function has 60.
    timeout_s=210,
    parameters=("BATCH_TARGETS",),
)

GIVE_UP_ASSET = FunctionSpec(
    name="GiveUpAsset",
    handler="workflow.give_up_asset.handler",
    summary="Rejects what was not spoken or fetched; pays a speech back.",
    needs=(
        checks(Resource.ACCOUNTS_TABLE, "acct_"),
        gets(Resource.ASSETS_TABLE, "ast_"),
        Need(Resource.ASSETS_TABLE, Access.CHANGE, "ast_"),
        Need(Resource.LEDGER_TABLE, Access.CHANGE, "acct_"),
        Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),
        Need(Resource.OUTBOX_TABLE, Access.PUT, "out_"),
    ),
)

FINISH_ANALYSIS = FunctionSpec(
    name="FinishAnalysis",
    handler="workflow.finish_analysis.handler",
    summary="Records what the face analysis found on the asset, or erases it with an asset that is gone.",
    needs=(
        reads(Resource.ASSETS_TABLE),
        writes(Resource.ASSETS_TABLE),
        reads(Resource.WORK_BUCKET, "results/"),
        *(
            Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
            for prefix in ("analyses/", "plans/", "results/")
        ),
    ),
)

JOB_STEPS = (FETCH_SOURCES, VALIDATE_SOURCES, PLAN_RENDER, SETTLE_JOB, FAIL_JOB)
ANALYSIS_STEPS = (PROBE_ASSET, GIVE_UP_ASSET, FINISH_ANALYSIS)


def with_pages(spec: FunctionSpec) -> FunctionSpec:
    """The function with the right to ask for the media of web pages, where that is turned on."""
    return spec._replace(needs=(*spec.needs, Need(Resource.PAGES_FUNCTION, Access.INVOKE)))
