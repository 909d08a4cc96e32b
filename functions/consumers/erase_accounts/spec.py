"""Accounts that were closed."""

from lipwire.function_specs import Access, ConsumerSpec, FunctionSpec, Need, reads, writes
from lipwire.resources import ACCOUNT_TABLES, Resource

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="EraseAccounts",
        handler="consumers.erase_accounts.handler.handler",
        summary="Cancels what a closed account has running, then erases every object and row of it.",
        needs=(
            *(reads(table) for table in ACCOUNT_TABLES),
            *(writes(table) for table in ACCOUNT_TABLES),
            writes(Resource.OUTBOX_TABLE),
            Need(Resource.UPLOADS_BUCKET, Access.DELETE, "uploads/"),
            Need(Resource.OUTPUTS_BUCKET, Access.DELETE, "outputs/"),
            *(
                Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
                for prefix in ("analyses/", "batches/", "parts/", "plans/", "results/")
            ),
        ),
        timeout_s=300,
    ),
    events=("AccountClosed",),
    batch_size=1,
    # A large account takes several times.
    max_receives=20,
)
