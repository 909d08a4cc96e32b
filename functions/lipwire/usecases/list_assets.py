"""The caller's assets."""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import ListAssets
from lipwire.domain.views import Page
from lipwire.ports import AssetStore


def list_assets(command: ListAssets, caller: Caller, *, assets: AssetStore) -> Page[Asset]:
    """One page of the caller's assets, newest first.

    Those that are not wanted are left out of their page, which may thus be short, or empty, and not the last.
    """
    page = assets.list(caller.account.id, limit=command.limit, cursor=command.cursor)
    wanted = tuple(asset for asset in page.items if _is_wanted(asset, command))
    return Page(wanted, page.next_cursor)


def _is_wanted(asset: Asset, command: ListAssets) -> bool:
    if command.has_arrived and asset.status is AssetStatus.AWAITING_UPLOAD:
        return False
    if command.kinds and (asset.media is None or asset.media.kind not in command.kinds):
        return False
    return command.name_part is None or command.name_part.casefold() in asset.filename.casefold()
