"""One speech."""

from datetime import timedelta
from typing import Final

from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands import Caller, GetSpeech
from lipwire.domain.commands_uploads import GetAsset
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import KeyMode
from lipwire.domain.speech import Speech, phonemes_key
from lipwire.domain.views import SpeechView
from lipwire.ports import AssetStore, Clock, JobStore, ObjectStore
from lipwire.usecases.get_asset import get_asset

_URLS_EXPIRE_S: Final = 3600


def get_speech(
    command: GetSpeech,
    caller: Caller,
    *,
    assets: AssetStore,
    jobs: JobStore,
    uploads: ObjectStore,
    clock: Clock,
) -> SpeechView:
    """The caller's speech, with links to what was said once there is something to hear and it is paid for.

    A job's voice is paid when the job succeeds; a test key's is for test keys.

    Raises:
        AssetNotFoundError: there is none, or the asset was not spoken.
    """
    asset = get_asset(GetAsset(asset_id=command.asset_id), caller, assets=assets)
    if asset.speech is None:
        raise AssetNotFoundError
    view = SpeechView(asset=asset, speech=asset.speech)
    arrived = asset.status in {AssetStatus.UPLOADED, AssetStatus.READY}
    if not arrived or not _is_paid(asset.speech, caller, jobs):
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


def _is_paid(speech: Speech, caller: Caller, jobs: JobStore) -> bool:
    if speech.is_test and caller.mode is not KeyMode.TEST:
        return False
    if speech.job_id is None:
        return True
    job = jobs.get(speech.job_id)
    return job is not None and job.status is JobStatus.SUCCEEDED
