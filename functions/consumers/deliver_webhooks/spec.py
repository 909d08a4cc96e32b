"""Deliveries that are due."""

from lipwire.resources import Access, ConsumerSpec, FunctionSpec, Need, Resource, reads, writes

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="DeliverWebhooks",
        handler="consumers.deliver_webhooks.handler.handler",
        summary="Signs and sends one delivery; writes the attempt and when to try next.",
        needs=(
            reads(Resource.ACCOUNTS_TABLE),  # the secret of webhooks to a job's own URL
            reads(Resource.JOBS_TABLE),
            reads(Resource.WEBHOOKS_TABLE),
            writes(Resource.WEBHOOKS_TABLE),
            writes(Resource.OUTBOX_TABLE),
            reads(Resource.OUTPUTS_BUCKET, "outputs/"),
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
