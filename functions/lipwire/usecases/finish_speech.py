"""A text that stands alone becomes a voice."""

from datetime import timedelta
from typing import Final

from lipwire.domain.assets import Asset, AssetStatus, Problem
from lipwire.domain.credits import LOW_BALANCE
from lipwire.domain.errors import BusyError, SpeechFailedError, TooLongError
from lipwire.domain.ids import AssetId
from lipwire.ports import AssetStore, Clock, Ledger, ObjectStore
from lipwire.ports.speech import Speaker

#: Before each further try, in seconds. Whoever waits longer than that has the charge back and may ask again.
_PAUSES_S: Final = (1, 4)
#: No try begins later: 15 s and a try's 130 leave its function time to pay back, or to have the voice probed.
_LAST_BEGIN: Final = timedelta(seconds=15)


def finish_speech(
    asset_id: AssetId,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    speaker: Speaker,
    ledger: Ledger,
    clock: Clock,
) -> None:
    """An asset that is made of text has been spoken; or it is rejected and paid back. Any other stays as it is.

    Where little is left afterwards, the owner is told.
    """
    asset = assets.get(asset_id)
    if asset is None or asset.speech is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return
    if uploads.head(asset.key) is None:
        try:
            _spoken(asset, speaker, clock)
        except (SpeechFailedError, TooLongError) as error:
            assets.give_up(asset, Problem.of(error), at=clock.now())
            return
    found = uploads.head(asset.key)
    if found is not None:
        size_bytes, version_id = found
        assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())
        if asset.speech.charged_millicredits:
            ledger.tell_if_low(asset.account_id, threshold=LOW_BALANCE, at=clock.now())


def _spoken(asset: Asset, speaker: Speaker, clock: Clock) -> None:
    began = clock.now()
    for pause_s in (*_PAUSES_S, None):
        try:
            speaker.speak(asset)
        except BusyError as exc:
            if pause_s is None or clock.now() - began + timedelta(seconds=pause_s) > _LAST_BEGIN:
                raise SpeechFailedError from exc
            clock.sleep(pause_s)
        else:
            return
