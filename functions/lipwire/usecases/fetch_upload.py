"""An upload that is fetched in place of being sent arrives."""

from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.errors import AssetNotFoundError, MediaTooLargeError, SourceUrlError
from lipwire.domain.ids import AssetId
from lipwire.ports.urls import FetchingStores
from lipwire.usecases.fetch_asset import FetchStep, fetch_asset


def fetch_upload(asset_id: AssetId, *, stores: FetchingStores) -> None:
    """An asset that waits for what its URL leads to has arrived, or is rejected with the reason.

    Any other stays as it is. Nothing is fetched for one that is given up or deleted meanwhile.

    Raises:
        BusyError: a job that names the asset fetches it too, and is not done yet.
    """
    assets, clock = stores.assets, stores.clock

    def refuse_gone() -> None:
        found = assets.get(asset_id)
        if found is None or found.status is not AssetStatus.AWAITING_UPLOAD:
            raise AssetNotFoundError

    asset = assets.get(asset_id)
    if asset is None or asset.url is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return
    step = FetchStep(by=asset_id, began=clock.now(), check=refuse_gone, stores=stores)
    is_picture = not asset.content_type.startswith("audio/")
    try:
        fetch_asset(asset_id, asset.account_id, step, is_picture=is_picture)
    except AssetNotFoundError:
        return
    except (SourceUrlError, MediaTooLargeError) as error:
        assets.give_up(asset, Problem.of(error), at=clock.now())
        return
    found = stores.uploads.find(asset.key)
    if found is not None:
        size_bytes, version_id = found
        assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())
