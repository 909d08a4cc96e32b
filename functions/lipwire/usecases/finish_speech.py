"""A text that stands alone becomes a voice."""

from typing import Final

from lipwire.domain.assets import Asset, AssetStatus, Problem
from lipwire.domain.errors import BusyError, SpeechFailedError, TooLongError
from lipwire.domain.ids import AssetId
from lipwire.ports import AssetStore, Clock, ObjectStore
from lipwire.ports.speech import Speaker, SpeechStore

#: Before each further try, in seconds. Whoever waits longer than that has the charge back and may ask again.
_PAUSES_S: Final = (1, 4)


def finish_speech(
    asset_id: AssetId,
    *,
    assets: AssetStore,
    speeches: SpeechStore,
    uploads: ObjectStore,
    speaker: Speaker,
    clock: Clock,
) -> None:
    """An asset that is made of text has been spoken; or it is rejected and paid back. Any other stays as it is."""
    asset = assets.get(asset_id)
    if asset is None or asset.speech is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
        return
    if uploads.head(asset.key) is None:
        try:
            _spoken(asset, speaker, clock)
        except (SpeechFailedError, TooLongError) as error:
            speeches.give_up(asset, Problem.of(error))
            return
    found = uploads.head(asset.key)
    if found is not None:
        size_bytes, version_id = found
        assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())


def _spoken(asset: Asset, speaker: Speaker, clock: Clock) -> None:
    for pause_s in _PAUSES_S:
        try:
            return speaker.speak(asset)
        except BusyError:
            clock.sleep(pause_s)
    try:
        speaker.speak(asset)
    except BusyError as exc:
        raise SpeechFailedError from exc
