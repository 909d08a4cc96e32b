"""Facts that accounts are told of by webhook."""

from lipwire.function_specs import Access, ConsumerSpec, FunctionSpec, Need, checks, reads, writes
from lipwire.resources import Resource

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="FanOutWebhooks",
        handler="consumers.fan_out_webhooks.handler.handler",
        summary="Writes one delivery row per endpoint that wants the event, and queues each.",
        needs=(
            checks(Resource.ACCOUNTS_TABLE, "acct_"),  # whether the account is still active
            reads(Resource.JOBS_TABLE),
            reads(Resource.WEBHOOKS_TABLE),
            writes(Resource.WEBHOOKS_TABLE),
            Need(Resource.DELIVERY_QUEUE, Access.SEND),
        ),
    ),
    events=(
        "JobRenderingStarted",
        "JobSucceeded",
        "JobFailed",
        "JobCanceled",
        "BatchCompleted",
        "WebhookEndpointDisabled",
        "ApiKeyRevoked",
        "BalanceLow",
    ),
)
