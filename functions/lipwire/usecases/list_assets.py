"""The caller's assets."""

from lipwire.domain.assets import Asset
from lipwire.domain.commands import Caller, ListAssets
from lipwire.domain.views import Page
from lipwire.ports import AssetStore


def list_assets(command: ListAssets, caller: Caller, *, assets: AssetStore) -> Page[Asset]:
    """One page of the caller's assets, newest first."""
    return assets.list(caller.account.id, limit=command.limit, cursor=command.cursor)
