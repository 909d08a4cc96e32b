"""An asset leaves nothing behind."""

from datetime import datetime

from lipwire.domain.assets import Asset
from lipwire.domain.jobs import analysis_prefix, plan_key, result_key
from lipwire.ports.erasing import ErasableStores


def erase_asset(
    asset: Asset, *, stores: ErasableStores, at: datetime, also_analyzed_as: str | None = None
) -> None:
    """The bytes with all their versions, the analyses, and the row are gone; jobs that still need it fail unpaid.

    The row that leads to the bytes leaves last: what died half way is taken up again.

    Raises:
        AssetNotFoundError: it was gone.
    """
    stores.uploads.abort_unfinished(asset.key)
    stores.uploads.delete_prefix(asset.key)
    for sha256 in {asset.analysis.sha256, also_analyzed_as} - {None}:
        stores.work_objects.delete_prefix(analysis_prefix(asset.account_id, str(sha256)))
    for key in (plan_key(asset.id), result_key(asset.id)):
        stores.work_objects.delete_prefix(key)
    stores.assets.delete(asset, at=at)
