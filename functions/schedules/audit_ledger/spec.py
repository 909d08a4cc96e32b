"""Recomputes every rule of the ledger, for every account."""

from lipwire.function_specs import FunctionSpec, ScheduleSpec
from schedules.repair_ledger.spec import NEEDS

SCHEDULE = ScheduleSpec(
    function=FunctionSpec(
        name="AuditLedger",
        handler="schedules.audit_ledger.handler.handler",
        summary="Compares every account's balance, entries and jobs; tells what does not agree.",
        needs=NEEDS,
        memory_mib=1024,
        timeout_s=900,
        parameters=("LIPWIRE_STAGE",),
    ),
    every_minutes=24 * 60,
)
