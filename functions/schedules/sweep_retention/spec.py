"""What is older than its account's plan keeps leaves."""

from lipwire.resources import Access, FunctionSpec, Need, Resource, ScheduleSpec, reads, writes

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
            Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),  # fetches that have ended
            writes(Resource.OUTBOX_TABLE),
            Need(Resource.UPLOADS_BUCKET, Access.DELETE, "uploads/"),
            Need(Resource.OUTPUTS_BUCKET, Access.DELETE, "outputs/"),
            reads(Resource.WORK_BUCKET, "results/"),
            *(
                Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
                for prefix in ("analyses/", "parts/", "plans/", "results/")
            ),
        ),
        timeout_s=900,
    ),
    every_minutes=6 * 60,
)
