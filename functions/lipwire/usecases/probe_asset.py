"""What is in the file?"""

from lipwire.domain.assets import Asset, AssetStatus, ProbeFinding, Problem
from lipwire.domain.errors import MediaTooLargeError
from lipwire.domain.plans import Plan
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
    return assets.record_probe(asset, _looked_into(asset, account.limits, probe), at=clock.now())


def _looked_into(asset: Asset, limits: Plan, probe: MediaProbe) -> ProbeFinding:
    # What has arrived is judged, not what was promised: the upload's own limit is the object store's to keep.
    if asset.size_bytes > limits.max_upload_bytes:
        error = MediaTooLargeError(
            f"The file has {asset.size_bytes} bytes; this account may send {limits.max_upload_bytes}."
        )
        return ProbeFinding(problem=Problem.of(error))
    return probe.probe(asset, limits=limits)
