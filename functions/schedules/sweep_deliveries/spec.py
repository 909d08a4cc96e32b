"""Wakes deliveries whose queue message was lost or whose wait is longer than a queue can hold."""

from lipwire.function_specs import Access, FunctionSpec, Need, ScheduleSpec, reads, writes
from lipwire.resources import Resource

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="SweepDeliveries",
        handler="schedules.sweep_deliveries.handler.handler",
        summary="Queues due deliveries of each account that has any.",
        needs=(
            reads(Resource.WEBHOOKS_TABLE),
            writes(Resource.WEBHOOKS_TABLE),
            Need(Resource.DELIVERY_QUEUE, Access.SEND),
        ),
        timeout_s=60,
    ),
    every_minutes=1,
)
