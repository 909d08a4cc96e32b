"""An asset leaves, with all that was computed from it."""

from lipwire.domain.commands import Caller, DeleteAsset, GetAsset
from lipwire.domain.jobs import analysis_prefix
from lipwire.domain.views import Deleted
from lipwire.ports import AssetStore, Clock, ObjectStore
from lipwire.usecases.get_asset import get_asset


def delete_asset(
    command: DeleteAsset,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    work: ObjectStore,
    clock: Clock,
) -> Deleted:
    """The bytes, their versions, the analysis and the row are gone; jobs that still need it fail unpaid."""
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    uploads.delete_prefix(asset.key)
    if asset.analysis.sha256 is not None:
        work.delete_prefix(analysis_prefix(asset.account_id, asset.analysis.sha256))
    assets.delete(asset, at=clock.now())
    return Deleted()
