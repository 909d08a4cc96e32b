"""Second step of the job workflow: no render time is spent on what can't be rendered."""

from lipwire.domain.assets import AnalysisStatus, Asset, AssetStatus
from lipwire.domain.credits import Millicredits, price_of_duration
from lipwire.domain.engines import Mode
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    JobFinishedError,
    JobNotFoundError,
    NoFaceError,
    RejectedMediaError,
    SilentSpeechError,
    TooLongError,
    WrongAssetKindError,
)
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.ports import AccountStore, AssetStore, Clock, JobStore, MediaProbe
from lipwire.usecases.probe_asset import probe_asset


def validate_sources(
    job_id: JobId,
    *,
    jobs: JobStore,
    assets: AssetStore,
    accounts: AccountStore,
    probe: MediaProbe,
    clock: Clock,
) -> None:
    """Source and speech are what their roles need, and the hold covers the voice's whole length.

    Raises:
        MediaError: the file is unreadable, too long, silent, without a face.
        WrongAssetKindError: a sound as source, a mute file as speech.
        InsufficientCreditsError: the voice is longer than the account can pay.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError

    source, speech = (
        _looked_into(asset_id, assets=assets, accounts=accounts, probe=probe, clock=clock)
        for asset_id in (job.source_id, job.speech_id)
    )
    _fit_for_source(source)
    voice_ms = _fit_for_speech(speech)
    account = accounts.account(job.account_id)
    if account is not None and voice_ms > account.limits.max_duration_ms:
        raise TooLongError(
            f"The voice lasts {voice_ms} ms; this account may render "
            f"{account.limits.max_duration_ms} ms."
        )
    price = price_of_duration(voice_ms, per_second=job.per_second_millicredits)
    if price > job.held_millicredits:
        job = jobs.extend_hold(job, Millicredits(price - job.held_millicredits))
    is_image = source.media is not None and source.media.kind == "image"
    mode = Mode.PORTRAIT if is_image else Mode.VIDEO
    if not jobs.advance(
        job.model_copy(
            update={"status": JobStatus.VALIDATING, "mode": mode, "updated_at": clock.now()}
        )
    ):
        raise JobFinishedError


def _looked_into(
    asset_id: AssetId,
    *,
    assets: AssetStore,
    accounts: AccountStore,
    probe: MediaProbe,
    clock: Clock,
) -> Asset:
    """The asset with what the box found in it; the upload's own probe may still be to come."""
    asset = assets.get(asset_id)
    if asset is None:
        raise AssetNotFoundError("An asset of this job was deleted.")
    asset = probe_asset(asset, assets=assets, accounts=accounts, probe=probe, clock=clock)
    if asset.status is AssetStatus.REJECTED and asset.problem is not None:
        raise RejectedMediaError(asset.problem.code, asset.problem.message)
    if asset.media is None:
        raise BusyError
    return asset


def _fit_for_source(asset: Asset) -> None:
    if asset.media is not None and asset.media.kind == "audio":
        raise WrongAssetKindError("`source` is a sound file.")
    if asset.analysis.status is AnalysisStatus.DONE and asset.analysis.faces == 0:
        raise NoFaceError


def _fit_for_speech(asset: Asset) -> int:
    """How long the voice lasts, in milliseconds."""
    if asset.media is None or not asset.media.has_audio:
        raise WrongAssetKindError("`speech` has no sound.")
    if asset.silent:
        raise SilentSpeechError
    return asset.media.duration_ms
