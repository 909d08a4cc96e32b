"""Ends holds and fetches that a crash left open, and fills batches whose events were lost."""

from lipwire.function_specs import (
    ERASING_ASSETS,
    Access,
    FunctionSpec,
    Need,
    ScheduleSpec,
    reads,
    writes,
)
from lipwire.resources import Resource

#: A reconciler may look at every account, and end jobs as the failure lane does, and pay back speech.
NEEDS = (
    reads(Resource.ACCOUNTS_TABLE),
    Need(Resource.ACCOUNTS_TABLE, Access.SCAN),
    reads(Resource.JOBS_TABLE),
    writes(Resource.JOBS_TABLE),
    reads(Resource.ASSETS_TABLE),
    Need(Resource.ASSETS_TABLE, Access.CHANGE, "ast_"),
    reads(Resource.LEDGER_TABLE),
    writes(Resource.LEDGER_TABLE),
    writes(Resource.LIMITS_TABLE),
    writes(Resource.OUTBOX_TABLE),
)

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="RepairLedger",
        handler="schedules.repair_ledger.handler.handler",
        summary="Ends holds and fetches that nothing would end; fills batches; tells what does not agree.",
        needs=(
            *NEEDS,
            # Assets that batches made for nothing.
            writes(Resource.ASSETS_TABLE, "ast_"),
            *ERASING_ASSETS,
            reads(Resource.LIMITS_TABLE),
            reads(Resource.WORK_BUCKET, "batches/"),
            Need(Resource.WORK_BUCKET, Access.DELETE, "batches/"),
        ),
        timeout_s=300,
        parameters=("LIPWIRE_STAGE",),
    ),
    every_minutes=15,
)
