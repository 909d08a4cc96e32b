"""A text that stands alone was not spoken, and nobody will."""

from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.ids import AssetId
from lipwire.ports import AssetStore, Clock


def give_up_speech(asset_id: AssetId, *, assets: AssetStore, clock: Clock) -> bool:
    """Whether a speech that was still to be spoken is rejected and paid back; any other asset stays as it is."""
    asset = assets.get(asset_id)
    if asset is None or asset.speech is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return False
    return assets.give_up(asset, Problem.of(SpeechFailedError()), at=clock.now())
