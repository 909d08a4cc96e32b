"""Bytes have arrived."""

from lipwire.domain.assets import AssetStatus, asset_of_key
from lipwire.ports import AssetStore, Clock, ObjectStore


def ingest_upload(key: str, *, assets: AssetStore, uploads: ObjectStore, clock: Clock) -> bool:
    """The asset is marked uploaded and its analysis starts: once, however often the event comes.

    False for a key that is not ours, an asset that is gone, or one that had already arrived.
    """
    asset_id = asset_of_key(key)
    asset = assets.get(asset_id) if asset_id else None
    if asset is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return False
    found = uploads.head(asset.key)
    if found is None:
        return False
    size_bytes, version_id = found
    return assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())
