"""The texts of a job become voices."""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.errors import JobFinishedError, JobNotFoundError
from lipwire.domain.ids import JobId
from lipwire.ports import AssetStore, JobStore, ObjectStore
from lipwire.ports.speech import Speaker


def speak_texts(
    job_id: JobId,
    *,
    jobs: JobStore,
    assets: AssetStore,
    uploads: ObjectStore,
    speaker: Speaker,
) -> None:
    """Every text of the job lies as a voice in the uploads bucket; what lies there is not spoken again.

    Raises:
        SpeechFailedError, TooLongError: a text can't be spoken, or not in the time that the plan allows.
        JobFinishedError: the job was canceled; nothing is spoken for it any more.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError
    for asset_id in filter(None, (job.speech_id, job.options.second_speech_id)):
        asset = assets.get(asset_id)
        if asset is not None and _is_owed(asset, uploads):
            if job.is_final:
                raise JobFinishedError(status=job.status)
            speaker.speak(asset)


def _is_owed(asset: Asset, uploads: ObjectStore) -> bool:
    awaited = asset.speech is not None and asset.status is AssetStatus.AWAITING_UPLOAD
    return awaited and uploads.find(asset.key) is None
