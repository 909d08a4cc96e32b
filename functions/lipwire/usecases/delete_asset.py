"""An asset leaves, with all that was computed from it."""

from typing import Final

from lipwire.domain.assets import GIVEN_UP, AssetStatus, Problem
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import DeleteAsset, GetAsset
from lipwire.domain.views import Deleted
from lipwire.ports import AssetStore, Clock
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.get_asset import get_asset

_UNSPOKEN: Final = Problem(code=GIVEN_UP, message="The speech was deleted before it was spoken.")


def delete_asset(
    command: DeleteAsset,
    caller: Caller,
    *,
    assets: AssetStore,
    stores: ErasableStores,
    clock: Clock,
) -> Deleted:
    """The bytes, their versions, the analysis and the row are gone; jobs that still need it fail unpaid.

    A speech that was not spoken yet is paid back.
    """
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    if asset.speech is not None and asset.status is AssetStatus.AWAITING_UPLOAD:
        # It is not spoken any more, and paid back: that is one transaction, which whoever speaks it now loses or wins.
        assets.give_up(asset, _UNSPOKEN, at=clock.now())
    erase_asset(asset, stores=stores, at=clock.now())
    return Deleted()
