"""What a text or a URL was to give did not come, and will not."""

from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.errors import SourceUrlError, SpeechFailedError
from lipwire.domain.ids import AssetId
from lipwire.ports import AssetStore, Clock


def give_up_awaited(asset_id: AssetId, *, assets: AssetStore, clock: Clock) -> bool:
    """Whether an asset that was still to be spoken or fetched is rejected; a speech is paid back.

    Any other stays as it is.
    """
    asset = assets.get(asset_id)
    if asset is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return False
    if asset.speech is not None:
        return assets.give_up(asset, Problem.of(SpeechFailedError()), at=clock.now())
    if asset.url is not None:
        return assets.give_up(asset, Problem.of(SourceUrlError()), at=clock.now())
    return False
