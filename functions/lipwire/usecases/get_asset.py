"""One asset."""

from lipwire.domain.assets import Asset
from lipwire.domain.commands import Caller, GetAsset
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.ids import AccountId, AssetId
from lipwire.domain.numbers import OwnNumber, id_of
from lipwire.ports import AssetStore


def get_asset(command: GetAsset, caller: Caller, *, assets: AssetStore) -> Asset:
    """The caller's asset; another account's answers exactly like one that never was."""
    asset = assets.get(own_asset_id(command.asset_id, caller.account.id))
    if asset is None or asset.account_id != caller.account.id:
        raise AssetNotFoundError
    return asset


def own_asset_id(named: AssetId | OwnNumber, account_id: AccountId) -> AssetId:
    """The id, where a number may stand in its place."""
    if isinstance(named, OwnNumber):
        return AssetId(id_of("ast", named.number, account_id))
    return named
