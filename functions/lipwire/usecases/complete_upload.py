"""The last part has been sent."""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import CompleteUpload, GetAsset
from lipwire.domain.errors import UploadIncompleteError
from lipwire.ports import AssetStore, Clock, ObjectStore
from lipwire.usecases.get_asset import get_asset


def complete_upload(
    command: CompleteUpload,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    clock: Clock,
) -> Asset:
    """The upload is whole and its analysis started; harmless to repeat, and after a single PUT.

    One that is fetched is as it stands, arrived or not: nobody but its workflow completes it.

    Raises:
        UploadIncompleteError: bytes or parts are missing.
    """
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    if asset.status is not AssetStatus.AWAITING_UPLOAD or asset.url is not None:
        return asset
    if asset.multipart_upload_id is not None:
        uploads.complete_multipart(
            asset.key, asset.multipart_upload_id, size_bytes=asset.size_bytes
        )
    found = uploads.head(asset.key)
    if found is None:
        raise UploadIncompleteError
    size_bytes, version_id = found
    assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())
    return assets.get(asset.id) or asset
