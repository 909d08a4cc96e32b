"""The outbox publisher: what happened in a transaction becomes events and executions."""

from lipwire.function_specs import Access, FunctionSpec, Need, writes
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="Outbox",
    handler="outbox.handler.handler",
    summary="Publishes outbox rows from the table's stream: events to the bus, starts and stops to Step Functions.",
    needs=(
        Need(Resource.OUTBOX_TABLE, Access.STREAM),
        writes(Resource.OUTBOX_TABLE),
        Need(Resource.EVENT_BUS, Access.PUBLISH),
        Need(Resource.JOB_STATE_MACHINE, Access.START),
        Need(Resource.JOB_STATE_MACHINE, Access.STOP),
        Need(Resource.ANALYSIS_STATE_MACHINE, Access.START),
    ),
)
