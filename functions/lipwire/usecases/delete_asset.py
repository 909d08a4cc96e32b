"""An asset leaves, with all that was computed from it."""

from lipwire.domain.commands import Caller, DeleteAsset, GetAsset
from lipwire.domain.views import Deleted
from lipwire.ports import AssetStore, Clock
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.get_asset import get_asset


def delete_asset(
    command: DeleteAsset,
    caller: Caller,
    *,
    assets: AssetStore,
    stores: ErasableStores,
    clock: Clock,
) -> Deleted:
    """The bytes, their versions, the analysis and the row are gone; jobs that still need it fail unpaid."""
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    erase_asset(asset, stores=stores, at=clock.now())
    return Deleted()
