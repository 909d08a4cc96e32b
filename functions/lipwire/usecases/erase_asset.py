"""An asset leaves nothing behind."""

from datetime import datetime

from lipwire.domain.assets import AnalysisStatus, Asset
from lipwire.domain.jobs import analysis_prefix, task_keys
from lipwire.ports.erasing import ErasableStores


def erase_asset(
    asset: Asset, *, stores: ErasableStores, at: datetime, also_analyzed_as: str | None = None
) -> None:
    """The bytes with all their versions, the analyses, and the row are gone; jobs that still need it fail unpaid.

    The row that leads to the bytes leaves last: what died half way is taken up again. Bytes that arrived meanwhile, and
    what an analysis that was under way wrote, are looked for after that (a call that dies just there leaves them to the
    bucket's rule); who comes later finds no row, and erases them itself (`ingest_upload`, `finish_analysis`).

    Raises:
        AssetNotFoundError: it was gone.
    """
    stores.uploads.abort_unfinished(asset.key)
    stores.uploads.delete_prefix(asset.key)
    known = {asset.analysis.sha256, also_analyzed_as}
    _erase_analyses(asset, known, stores)
    stores.assets.delete(asset, at=at)
    stores.uploads.delete_prefix(asset.key)
    if asset.analysis.status is AnalysisStatus.RUNNING:
        _erase_analyses(asset, known, stores)


def _erase_analyses(asset: Asset, known: set[str | None], stores: ErasableStores) -> None:
    """The analyses of these bytes, plan and report; the report of one that was not recorded says which bytes they were."""
    report = None
    if asset.analysis.status is AnalysisStatus.RUNNING:
        report = stores.work.report(asset.id)
    for sha256 in known | {report.sha256 if report else None}:
        if sha256 is not None:
            stores.work_objects.delete_prefix(analysis_prefix(asset.account_id, sha256))
    for key in task_keys(asset.id):
        stores.work_objects.delete_prefix(key)
