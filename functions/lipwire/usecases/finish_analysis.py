"""Last step of the analysis workflow."""

from lipwire.domain.assets import Analysis, AnalysisStatus
from lipwire.domain.ids import AssetId
from lipwire.ports import AssetStore, WorkStore


def finish_analysis(asset_id: AssetId, *, assets: AssetStore, work: WorkStore) -> None:
    """What the analysis found stands on the asset; a failed one is noted, and renders then do it themselves."""
    asset = assets.get(asset_id)
    if asset is None or asset.analysis.status is not AnalysisStatus.RUNNING:
        return
    report = work.report(asset_id)
    if report is None or report.faces is None:
        found = asset.analysis.model_copy(update={"status": AnalysisStatus.FAILED})
    else:
        found = Analysis(
            status=AnalysisStatus.DONE,
            engine=asset.analysis.engine,
            faces=report.faces,
            frames=report.frames,
            frames_with_face=report.frames_with_face,
            sha256=report.sha256,
        )
    assets.record_analysis(asset, found)
