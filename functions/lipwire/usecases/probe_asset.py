"""What is in the file?"""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.ports import AccountStore, AssetStore, Clock, MediaProbe


def probe_asset(
    asset: Asset, *, assets: AssetStore, accounts: AccountStore, probe: MediaProbe, clock: Clock
) -> Asset:
    """The asset as ready (with what the box found) or rejected (with why); probed once."""
    if asset.status is not AssetStatus.UPLOADED:
        return asset
    account = accounts.account(asset.account_id)
    if account is None:
        return asset
    finding = probe.probe(asset, limits=account.limits)
    return assets.record_probe(asset, finding, at=clock.now())
