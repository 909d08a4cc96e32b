"""Second step of the job workflow: no render time is spent on what can't be rendered."""

from lipwire.domain.assets import (
    Asset,
    AssetStatus,
    refuse_as_mask,
    refuse_as_source,
    refuse_as_speech,
)
from lipwire.domain.credits import Millicredits
from lipwire.domain.duration import (
    longest_output_ms,
    output_fps,
    output_resolution,
    refuse_long_output,
)
from lipwire.domain.engines import Mode
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    JobFinishedError,
    JobNotFoundError,
)
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.media import MediaKind
from lipwire.domain.option_checks import check_source
from lipwire.domain.prices import estimate
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
    """All assets are what their roles need, the options fit them, and the hold covers the longest possible output.

    Raises:
        MediaError: the file is unreadable, too long, silent, without a face.
        WrongAssetKindError: a sound as source, a mute file as speech.
        InvalidOptionError: an option doesn't fit the source.
        InsufficientCreditsError: the output may be longer than the account can pay.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError

    def looked_into(asset_id: AssetId) -> Asset:
        return _looked_into(asset_id, assets=assets, accounts=accounts, probe=probe, clock=clock)

    options = job.options
    source, speech = looked_into(job.source_id), looked_into(job.speech_id)
    refuse_as_source(source)
    refuse_as_speech(speech)
    if source.media is None or speech.media is None:
        raise BusyError
    second = None
    if options.second_speech_id is not None:
        second = looked_into(options.second_speech_id)
        refuse_as_speech(second)
    if options.mask_id is not None:
        refuse_as_mask(looked_into(options.mask_id))
    found = check_source(options, source.media, engine=job.engine)
    longest_ms = longest_output_ms(
        source.media, speech.media, second.media if second else None, options
    )
    account = accounts.account(job.account_id)
    if account is not None:
        limit_ms = account.limits.longest_output_ms(is_test=job.is_test)
        refuse_long_output(longest_ms, limit_ms=limit_ms)
    price = estimate(
        job.terms,
        longest_ms=longest_ms,
        fps=output_fps(source.media, options),
        resolution=output_resolution(source.media, options),
        per_second=job.per_second_millicredits,
    )
    needed = price.amount + job.speech_millicredits
    if needed > job.held_millicredits:
        job = jobs.extend_hold(job, Millicredits(needed - job.held_millicredits))
    is_image = source.media.kind is MediaKind.IMAGE
    mode = Mode.PORTRAIT if is_image else Mode.VIDEO
    warnings = job.warnings + tuple(one for one in found if one not in job.warnings)
    if not jobs.advance(
        job.model_copy(
            update={
                "status": JobStatus.VALIDATING,
                "mode": mode,
                "warnings": warnings,
                "updated_at": clock.now(),
            }
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
    if asset.status is AssetStatus.UPLOADED:
        raise BusyError
    return asset
