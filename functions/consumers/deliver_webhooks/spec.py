"""Deliveries that are due."""

from lipwire.function_specs import (
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
        name="DeliverWebhooks",
        handler="consumers.deliver_webhooks.handler.handler",
        summary="Signs and sends one delivery; writes the attempt and when to try next.",
        needs=(
            # It speaks to strangers: of accounts and jobs it gets rows whose ids it knows, and no API key is among them.
            gets(Resource.ACCOUNTS_TABLE, "acct_"),  # the secret of webhooks to a job's own URL
            checks(Resource.ACCOUNTS_TABLE, "acct_"),  # whether there will be a next attempt
            gets(Resource.JOBS_TABLE, "job_"),
            gets(Resource.JOBS_TABLE, "bat_"),
            # Endpoints, places in flight and the account's clock; and deliveries, of which it deletes none.
            reads(Resource.WEBHOOKS_TABLE, "acct_"),
            writes(Resource.WEBHOOKS_TABLE, "acct_"),
            gets(Resource.WEBHOOKS_TABLE, "dlv_"),
            Need(Resource.WEBHOOKS_TABLE, Access.CHANGE, "dlv_"),
            Need(Resource.OUTBOX_TABLE, Access.PUT, "out_"),
            gets(Resource.OUTPUTS_BUCKET, "outputs/"),  # for the links that it signs
            Need(Resource.DELIVERY_QUEUE, Access.SEND),
        ),
        timeout_s=60,
        parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS"),
    ),
    queue=Resource.DELIVERY_QUEUE,
    batch_size=1,
    # Each attempt holds its function for as long as the receiver takes: five accounts with dead receivers fill these. Of
    # Lambda's thousand for an AWS account they are a twentieth.
    max_concurrency=50,
)
