"""First step of the analysis workflow."""

from dataclasses import dataclass

from lipwire.domain.assets import Analysis, AnalysisStatus, Asset, AssetStatus
from lipwire.domain.engines import EngineSpec
from lipwire.domain.ids import AssetId
from lipwire.domain.jobs import RenderPlan
from lipwire.ports import AccountStore, AssetStore, Clock, EngineCatalog, MediaProbe, WorkStore
from lipwire.usecases.probe_asset import probe_asset


@dataclass(frozen=True, slots=True)
class AnalysisStart:
    """Whether faces should be looked for, and where that runs."""

    analyze: bool
    queue: str = ""
    definition: str = ""


def begin_analysis(
    asset_id: AssetId,
    *,
    assets: AssetStore,
    accounts: AccountStore,
    probe: MediaProbe,
    engines: EngineCatalog,
    work: WorkStore,
    clock: Clock,
) -> AnalysisStart:
    """The asset is probed; for a video or image, its face analysis is planned."""
    asset = assets.get(asset_id)
    if asset is None:
        return AnalysisStart(analyze=False)
    asset = probe_asset(asset, assets=assets, accounts=accounts, probe=probe, clock=clock)
    spec = _engine_for(asset, engines)
    if spec is None or asset.media is None:
        return AnalysisStart(analyze=False)
    if not assets.record_analysis(asset, Analysis(status=AnalysisStatus.RUNNING, engine=spec.name)):
        return AnalysisStart(analyze=False)
    work.put_plan(
        RenderPlan(
            id=asset.id,
            account_id=asset.account_id,
            engine=spec.name,
            is_image=asset.media.kind == "image",
            source_key=asset.key,
            source_version=asset.version_id,
        )
    )
    queue, definition = engines.target(spec.name)
    return AnalysisStart(analyze=True, queue=queue, definition=definition)


def _engine_for(asset: Asset, engines: EngineCatalog) -> EngineSpec | None:
    media = asset.media
    if asset.status is not AssetStatus.READY or media is None or media.kind == "audio":
        return None
    return next(iter(engines.selectable()), None)
