"""The upload has failed, says who was to send it."""

from typing import Final

from lipwire.domain.assets import GIVEN_UP, Asset, Problem
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import GetAsset, GiveUpUpload
from lipwire.ports import AssetStore, Clock
from lipwire.usecases.get_asset import get_asset

_PROBLEM: Final = Problem(
    code=GIVEN_UP, message="The upload was given up. Ask for a new one and send the file."
)


def give_up_upload(
    command: GiveUpUpload, caller: Caller, *, assets: AssetStore, clock: Clock
) -> Asset:
    """The asset, refused for good unless its bytes had arrived; harmless to repeat.

    Raises:
        AssetNotFoundError: unknown, deleted, or another account's.
    """
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    assets.give_up(asset, _PROBLEM, at=clock.now())
    return assets.get(asset.id) or asset
