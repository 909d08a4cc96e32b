"""Wakes deliveries whose queue message was lost or whose wait is longer than a queue can hold."""

from lipwire.resources import Access, FunctionSpec, Need, Resource, ScheduleSpec, reads

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="SweepDeliveries",
        handler="schedules.sweep_deliveries.handler.handler",
        summary="Queues every delivery that is due.",
        needs=(reads(Resource.WEBHOOKS_TABLE), Need(Resource.DELIVERY_QUEUE, Access.SEND)),
    ),
    every_minutes=1,
)
