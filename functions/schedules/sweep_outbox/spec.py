"""Catches outbox rows that the stream's function missed."""

from lipwire.function_specs import Access, FunctionSpec, Need, ScheduleSpec, reads, writes
from lipwire.resources import Resource

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="SweepOutbox",
        handler="schedules.sweep_outbox.handler.handler",
        summary="Publishes outbox rows older than 30 seconds.",
        needs=(
            reads(Resource.OUTBOX_TABLE),
            writes(Resource.OUTBOX_TABLE),
            Need(Resource.OUTBOX_TABLE, Access.SCAN),
            Need(Resource.EVENT_BUS, Access.PUBLISH),
            Need(Resource.JOB_STATE_MACHINE, Access.START),
            Need(Resource.JOB_STATE_MACHINE, Access.STOP),
            Need(Resource.ANALYSIS_STATE_MACHINE, Access.START),
        ),
    ),
    every_minutes=1,
)
