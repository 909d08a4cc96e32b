"""One asset."""

from lipwire.domain.assets import Asset
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import GetAsset
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.ids import AssetId
from lipwire.domain.numbers import own_id
from lipwire.ports import AssetReader


def get_asset(command: GetAsset, caller: Caller, *, assets: AssetReader) -> Asset:
    """The caller's asset; another account's answers exactly like one that never was."""
    asset = assets.get(AssetId(own_id("ast", command.asset_id, caller.account.id)))
    if asset is None or asset.account_id != caller.account.id:
        raise AssetNotFoundError
    return asset
