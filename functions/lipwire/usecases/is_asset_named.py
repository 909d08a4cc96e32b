"""Who still needs an asset?"""

from lipwire.domain.assets import Asset
from lipwire.domain.ids import JobId
from lipwire.ports.erasing import ErasableStores


def is_asset_named(asset: Asset, *, stores: ErasableStores, but: JobId | None = None) -> bool:
    """Whether another job of its account names the asset, be it one of a large batch that is still to be made."""
    # Before the jobs are looked through: what is made in between is one that has not ended, and found there.
    if stores.batches.awaits(asset.account_id, asset.id):
        return True
    others = (one for one in stores.jobs.naming(asset.account_id, asset.id) if one.id != but)
    # The list lags: one that was deleted a moment ago keeps nothing.
    return any(stores.jobs.get(one.id) for one in others)
