"""Assets of one dialect, by the number of a page."""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import ListAssetPages
from lipwire.domain.cursors import newest, numbered_page
from lipwire.domain.views import NumberedPage
from lipwire.ports import AssetStore


def list_asset_pages(
    command: ListAssetPages, caller: Caller, *, assets: AssetStore
) -> NumberedPage[Asset]:
    """Those of the caller's last 500 assets that have arrived and carry all of the echo, newest first."""
    found = [
        asset
        for asset in newest(
            lambda limit, cursor: assets.list(caller.account.id, limit=limit, cursor=cursor)
        )
        if asset.status is not AssetStatus.AWAITING_UPLOAD
        and not asset.is_given_up
        and command.echo.items() <= asset.echo.items()
    ]
    return numbered_page(found, command.page, command.per_page)
