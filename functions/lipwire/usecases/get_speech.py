"""One speech."""

from datetime import timedelta
from typing import Final

from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands import Caller, GetAsset, GetSpeech
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.speech import phonemes_key
from lipwire.domain.views import SpeechView
from lipwire.ports import AssetStore, Clock, ObjectStore
from lipwire.usecases.get_asset import get_asset

_URLS_EXPIRE_S: Final = 3600


def get_speech(
    command: GetSpeech,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    clock: Clock,
) -> SpeechView:
    """The caller's speech, with links to what was said once there is something to hear.

    Raises:
        AssetNotFoundError: there is none, or the asset was not spoken.
    """
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    if asset.speech is None:
        raise AssetNotFoundError
    view = SpeechView(asset=asset, speech=asset.speech)
    if asset.status not in {AssetStatus.UPLOADED, AssetStatus.READY}:
        return view
    phonemes_url = None
    if asset.speech.has_phonemes:
        phonemes_url = uploads.sign_get(phonemes_key(asset.key), expires_s=_URLS_EXPIRE_S)
    return SpeechView(
        asset=asset,
        speech=asset.speech,
        audio_url=uploads.sign_get(asset.key, expires_s=_URLS_EXPIRE_S),
        phonemes_url=phonemes_url,
        urls_expire_at=clock.now() + timedelta(seconds=_URLS_EXPIRE_S),
    )
