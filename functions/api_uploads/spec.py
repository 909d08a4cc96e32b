"""What the uploads API may touch."""

from lipwire.function_specs import ERASING_ASSETS, Access, FunctionSpec, Need, reads, writes
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="ApiUploads",
    handler="api_uploads.handler.handler",
    summary="Signs uploads or has them fetched; lists, reads and deletes assets.",
    needs=(
        reads(Resource.ACCOUNTS_TABLE),
        reads(Resource.IDEMPOTENCY_TABLE),
        writes(Resource.IDEMPOTENCY_TABLE),
        reads(Resource.ASSETS_TABLE),
        writes(Resource.ASSETS_TABLE),
        # What a speech that is given up had cost is paid back.
        Need(Resource.LEDGER_TABLE, Access.CHANGE, "acct_"),
        writes(Resource.LIMITS_TABLE),
        writes(Resource.OUTBOX_TABLE),
        reads(Resource.UPLOADS_BUCKET, "uploads/"),
        writes(Resource.UPLOADS_BUCKET, "uploads/"),
        *ERASING_ASSETS,
    ),
    timeout_s=29,
    # Which URLs may be fetched from.
    parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS"),
)
