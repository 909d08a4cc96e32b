"""A job leaves nothing behind."""

from datetime import datetime

from lipwire.domain.assets import Asset
from lipwire.domain.ids import AssetId
from lipwire.domain.jobs import Job, outputs_prefix, task_keys
from lipwire.domain.shards import parts_prefix
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.is_asset_named import is_asset_named


def erase_job(job: Job, *, stores: ErasableStores, at: datetime) -> None:
    """The output, the plan, the report, parts of an output that was never finished, and the row are gone.

    So are its source, its voices and its mask, with the analyses made from them, where no other job names them, be it one
    of a large batch that is still to be made, and they are not still to be spoken for a charge of their own. The ledger
    keeps its entries, and the audit row of a consent stays. What died half way is taken up again.
    """
    try:
        report = stores.work.report(job.id)
    except ValueError:
        # One that can't be read keeps nothing here.
        report = None
    for asset_id in job.asset_ids:
        asset = _only_named_by(job, asset_id, stores)
        if asset is not None:
            made = report.sha256 if report and asset_id == job.source_id else None
            erase_asset(asset, stores=stores, at=at, also_analyzed_as=made)
    stores.outputs.delete_prefix(outputs_prefix(job.account_id, job.id))
    for prefix in (parts_prefix(job.id), *task_keys(job.id)):
        stores.work_objects.delete_prefix(prefix)
    stores.jobs.delete(job)


def _only_named_by(job: Job, asset_id: AssetId, stores: ErasableStores) -> Asset | None:
    asset = stores.assets.get(asset_id)
    if asset is None or asset.account_id != job.account_id or asset.is_owed_speech:
        return None
    return None if is_asset_named(asset, stores=stores, but=job.id) else asset
