"""Second step of the job workflow: no render time is spent on what can't be rendered."""

from lipwire.domain.assets import AnalysisStatus, Asset, AssetStatus
from lipwire.domain.credits import Millicredits, price_of_duration
from lipwire.domain.engines import Mode
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    JobNotFoundError,
    NoFaceError,
    RejectedMediaError,
    SilentSpeechError,
    TooLongError,
    WrongAssetKindError,
)
from lipwire.domain.ids import AssetId, JobId
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

    def looked_into(asset_id: AssetId) -> Asset:
        asset = assets.get(asset_id)
        if asset is None:
            raise AssetNotFoundError("An asset of this job was deleted.")
        asset = probe_asset(asset, assets=assets, accounts=accounts, probe=probe, clock=clock)
        if asset.status is AssetStatus.REJECTED and asset.problem is not None:
            raise RejectedMediaError(asset.problem.code, asset.problem.message)
        if asset.media is None:
            raise BusyError
        return asset

    source, speech = looked_into(job.source_id), looked_into(job.speech_id)
    if source.media is None or speech.media is None:
        raise BusyError
    if source.media.kind == "audio":
        raise WrongAssetKindError("`source` is a sound file.")
    if not speech.media.has_audio:
        raise WrongAssetKindError("`speech` has no sound.")
    if speech.silent:
        raise SilentSpeechError
    if source.analysis.status is AnalysisStatus.DONE and source.analysis.faces == 0:
        raise NoFaceError
    account = accounts.account(job.account_id)
    if account is not None and speech.media.duration_ms > account.limits.max_duration_ms:
        raise TooLongError(
            f"The voice lasts {speech.media.duration_ms} ms; this account may render "
            f"{account.limits.max_duration_ms} ms."
        )
    price = price_of_duration(speech.media.duration_ms, per_second=job.per_second_millicredits)
    if price > job.held_millicredits:
        job = jobs.extend_hold(job, Millicredits(price - job.held_millicredits))
    mode = Mode.PORTRAIT if source.media.kind == "image" else Mode.VIDEO
    jobs.advance(job.model_copy(update={"mode": mode, "updated_at": clock.now()}))
