"""First step of the job workflow."""

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.errors import (
    AssetNotFoundError,
    JobFinishedError,
    JobNotFoundError,
    UploadIncompleteError,
)
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.ports import AssetStore, Clock, JobStore, ObjectStore


def fetch_sources(
    job_id: JobId, *, jobs: JobStore, assets: AssetStore, uploads: ObjectStore, clock: Clock
) -> None:
    """The job is validating, and the exact versions of all its assets are pinned to it.

    Raises:
        AssetNotFoundError, UploadIncompleteError: there is nothing to render from.
        JobFinishedError: the job was canceled meanwhile; no later step may run.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError
    source = _arrived(job.source_id, assets, uploads, clock)
    speech = _arrived(job.speech_id, assets, uploads, clock)
    second, mask = (
        None if asset_id is None else _arrived(asset_id, assets, uploads, clock).version_id
        for asset_id in (job.options.second_speech_id, job.options.mask_id)
    )
    if not jobs.advance(
        job.model_copy(
            update={
                "status": JobStatus.VALIDATING,
                "stage": "validating",
                "source_version": source.version_id,
                "speech_version": speech.version_id,
                "second_speech_version": second,
                "mask_version": mask,
                "updated_at": clock.now(),
            }
        )
    ):
        raise JobFinishedError


def _arrived(asset_id: AssetId, assets: AssetStore, uploads: ObjectStore, clock: Clock) -> Asset:
    """The asset with its bytes; does not wait for the upload's event, which may be late."""
    asset = assets.get(asset_id)
    if asset is None:
        raise AssetNotFoundError("An asset of this job was deleted.")
    if asset.status is not AssetStatus.AWAITING_UPLOAD:
        return asset
    found = uploads.find(asset.key)
    if found is None:
        raise UploadIncompleteError(f"The upload of `{asset.filename}` has not arrived.")
    size_bytes, version_id = found
    assets.mark_uploaded(asset, version_id=version_id, size_bytes=size_bytes, at=clock.now())
    return assets.get(asset_id) or asset
