"""What is older than its account's plan keeps leaves."""

from lipwire.function_specs import (
    ERASING_ASSETS,
    Access,
    FunctionSpec,
    Need,
    ScheduleSpec,
    gets,
    reads,
    writes,
)
from lipwire.resources import Resource

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="SweepRetention",
        handler="schedules.sweep_retention.handler.handler",
        summary="Erases jobs and assets that are older than their account's plan keeps.",
        needs=(
            reads(Resource.ACCOUNTS_TABLE),
            *(
                need
                for table in (Resource.JOBS_TABLE, Resource.ASSETS_TABLE)
                for need in (reads(table), writes(table), Need(table, Access.SCAN))
            ),
            gets(Resource.LIMITS_TABLE, "active#"),  # batches that are open
            Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),  # fetches that have ended
            writes(Resource.OUTBOX_TABLE),
            *ERASING_ASSETS,
            Need(Resource.OUTPUTS_BUCKET, Access.DELETE, "outputs/"),
            Need(Resource.WORK_BUCKET, Access.DELETE, "parts/"),
        ),
        timeout_s=900,
    ),
    every_minutes=6 * 60,
)
