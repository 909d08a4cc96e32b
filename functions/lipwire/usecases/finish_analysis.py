"""Last step of the analysis workflow."""

from lipwire.domain.assets import Analysis, AnalysisStatus, Asset
from lipwire.domain.ids import AssetId
from lipwire.domain.jobs import RenderReport, analysis_prefix, task_keys
from lipwire.ports import AssetStore, ObjectStore, WorkStore


def finish_analysis(
    asset_id: AssetId, *, assets: AssetStore, work: WorkStore, work_objects: ObjectStore
) -> None:
    """What the analysis found stands on the asset; a failed one is noted, and renders then do it themselves.

    Of an asset that was erased meanwhile, alone or with its account, all that the analysis wrote is erased.
    """
    asset, report = assets.get(asset_id), work.report(asset_id)
    if asset is not None and asset.analysis.status is not AnalysisStatus.RUNNING:
        return
    if asset is None or not assets.record_analysis(asset, _found(asset, report)):
        _erase(asset_id, report, work_objects)


def _found(asset: Asset, report: RenderReport | None) -> Analysis:
    if report is None or report.faces is None:
        return asset.analysis.model_copy(update={"status": AnalysisStatus.FAILED})
    return Analysis(
        status=AnalysisStatus.DONE,
        engine=asset.analysis.engine,
        faces=report.faces,
        frames=report.frames,
        frames_with_face=report.frames_with_face,
        sha256=report.sha256,
    )


def _erase(asset_id: AssetId, report: RenderReport | None, work_objects: ObjectStore) -> None:
    if report is not None and report.account_id is not None and report.sha256 is not None:
        work_objects.delete_prefix(analysis_prefix(report.account_id, report.sha256))
    for key in task_keys(asset_id):
        work_objects.delete_prefix(key)
