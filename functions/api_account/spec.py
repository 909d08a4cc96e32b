"""What the account API may touch."""

from lipwire.function_specs import Access, FunctionSpec, Need, reads, writes
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="ApiAccount",
    handler="api_account.handler.handler",
    summary="Account, API keys, webhook endpoints and deliveries, OpenAPI document, docs page, and every unknown path.",
    needs=(
        reads(Resource.ACCOUNTS_TABLE),
        reads(Resource.IDEMPOTENCY_TABLE),
        writes(Resource.IDEMPOTENCY_TABLE),
        writes(Resource.ACCOUNTS_TABLE),
        reads(Resource.LIMITS_TABLE),
        writes(Resource.LIMITS_TABLE),
        writes(Resource.OUTBOX_TABLE),
        reads(Resource.LEDGER_TABLE),
        reads(Resource.WEBHOOKS_TABLE),
        writes(Resource.WEBHOOKS_TABLE),
        Need(Resource.DELIVERY_QUEUE, Access.SEND),
    ),
    timeout_s=29,
    parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS"),
)
