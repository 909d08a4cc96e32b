"""Bytes have arrived."""

from lipwire.domain.assets import AssetStatus, asset_of_key
from lipwire.ports import AssetStore, Clock, ObjectStore


def ingest_upload(key: str, *, assets: AssetStore, uploads: ObjectStore, clock: Clock) -> bool:
    """The asset is marked uploaded and its analysis starts: once, however often the event comes.

    False for a key that is not ours, or an asset that had already arrived. Bytes of an asset that is gone are erased, and
    what lies beside them: a signed URL, a fetch and a speech that were under way outlive what they were for.
    """
    asset_id = asset_of_key(key)
    if asset_id is None:
        return False
    asset = assets.get(asset_id)
    if asset is not None:
        if asset.key != key or asset.status is not AssetStatus.AWAITING_UPLOAD:
            return False
        found = uploads.head(asset.key)
        if found is None:
            return False
        size_bytes, version_id = found
        if assets.mark_uploaded(
            asset, version_id=version_id, size_bytes=size_bytes, at=clock.now()
        ):
            return True
        # Somebody else was quicker: with the same news, or by erasing the asset after it was read here.
        asset = assets.get(asset_id)
    if asset is None:
        uploads.delete_prefix(key)
    return False
