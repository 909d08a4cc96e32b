"""A closed account leaves nothing behind."""

from typing import Final

from lipwire.domain.accounts import AccountStatus
from lipwire.domain.assets import uploads_prefix
from lipwire.domain.errors import AccountOpenError
from lipwire.domain.ids import AccountId
from lipwire.domain.jobs import (
    JobStatus,
    account_outputs_prefix,
    analyses_prefix,
    batches_prefix,
    task_keys,
)
from lipwire.domain.shards import parts_prefix
from lipwire.ports import AccountStore, Clock
from lipwire.ports.erasing import AccountRows, ErasableStores

_STOPPED_WITHIN_S: Final = 30


def erase_account(
    account_id: AccountId,
    *,
    stores: ErasableStores,
    rows: AccountRows,
    accounts: AccountStore,
    clock: Clock,
) -> None:
    """No object and no row of the account is left, in any bucket or table; harmless to repeat.

    What leads to more leaves last: objects before the rows that name them, everything before the account's own row.
    So whatever died half way is taken up again. Before that last row, objects are looked for once more: who put one there
    meanwhile still found its asset's row, and whoever does so later finds none, and erases it (`ingest_upload`).

    Raises:
        AccountOpenError: the account was not closed.
    """
    account = accounts.account(account_id)
    if account is None:
        return
    if account.status is not AccountStatus.CLOSED:
        raise AccountOpenError
    jobs = list(rows.jobs(account_id))
    running = [job for job in jobs if not job.is_final]
    for job in running:
        stores.jobs.release(job, status=JobStatus.CANCELED, error=None)
    if running:
        # A render hears of it at its next report, and publishes nothing of a job that is over.
        clock.sleep(_STOPPED_WITHIN_S)
    assets = list(rows.assets(account_id))
    _erase_folders(account_id, stores)
    # One by one, each with its row: a large account is erased in several goes.
    for job in jobs:
        for prefix in (parts_prefix(job.id), *task_keys(job.id)):
            stores.work_objects.delete_prefix(prefix)
        rows.erase_job(job.id)
    for asset in assets:
        for key in task_keys(asset.id):
            stores.work_objects.delete_prefix(key)
        rows.erase_asset(asset.id)
    rows.erase(account_id)
    _erase_folders(account_id, stores)
    rows.erase_own(account_id)


def _erase_folders(account_id: AccountId, stores: ErasableStores) -> None:
    """What lies below the account's name."""
    stores.uploads.abort_unfinished(uploads_prefix(account_id))
    stores.uploads.delete_prefix(uploads_prefix(account_id))
    stores.outputs.delete_prefix(account_outputs_prefix(account_id))
    stores.work_objects.delete_prefix(analyses_prefix(account_id))
    stores.work_objects.delete_prefix(batches_prefix(account_id))
