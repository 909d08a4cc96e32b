"""A new job."""

from lipwire.domain.assets import Asset, refuse_as_source, refuse_as_speech
from lipwire.domain.commands import Caller, CreateJob, GetAsset
from lipwire.domain.credits import PROVISIONAL_SECONDS, Millicredits, price_of_duration
from lipwire.domain.engines import EngineSpec
from lipwire.domain.errors import (
    AssetNotFoundError,
    EngineUnavailableError,
    InvalidRequestError,
    InvalidWebhookUrlError,
)
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.views import JobView
from lipwire.ports import AssetStore, Clock, EngineCatalog, IdSource, JobStore
from lipwire.ports.webhooks import UrlPolicy
from lipwire.usecases.get_asset import get_asset


def create_job(
    command: CreateJob,
    caller: Caller,
    *,
    jobs: JobStore,
    assets: AssetStore,
    engines: EngineCatalog,
    webhook_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
) -> JobView:
    """A queued job with its credits held and its workflow about to start: one transaction.

    What the probe already knows is refused here; what it does not know yet is refused by `ValidateSources`.

    Raises:
        InvalidRequestError: an asset id is unknown (named in `errors`).
        MediaError, WrongAssetKindError: what is already known of an asset forbids it.
        EngineUnavailableError, InvalidWebhookUrlError, InsufficientCreditsError.
    """
    if command.webhook_url is not None and not webhook_urls.allows(command.webhook_url):
        raise InvalidWebhookUrlError
    source = _asset(command.source_id, "source", caller, assets)
    speech = _asset(command.speech_id, "speech", caller, assets)
    refuse_as_source(source)
    refuse_as_speech(speech)
    spec = _engine(command, engines)
    now = clock.now()
    job = Job(
        id=JobId(ids.new("job")),
        account_id=caller.account.id,
        status=JobStatus.QUEUED,
        stage="queued",
        source_id=source.id,
        speech_id=speech.id,
        options=command.options,
        name=command.name,
        webhook_url=command.webhook_url,
        metadata=command.metadata,
        engine=spec.name,
        held_millicredits=_estimate(speech, spec),
        per_second_millicredits=spec.millicredits_per_second,
        created_at=now,
        updated_at=now,
    )
    jobs.create(job, key_id=caller.key_id)
    return JobView(job=job)


def _asset(asset_id: AssetId, role: str, caller: Caller, assets: AssetStore) -> Asset:
    try:
        asset = get_asset(GetAsset(asset_id=asset_id), caller, assets=assets)
    except AssetNotFoundError as exc:
        raise InvalidRequestError(
            f"`{role}.asset_id` names no asset of this account.",
            errors=[{"field": f"{role}.asset_id", "message": "no such asset"}],
        ) from exc
    return asset


def _engine(command: CreateJob, engines: EngineCatalog) -> EngineSpec:
    if command.options.engine is not None:
        spec = engines.get(command.options.engine)
        if spec is None:
            raise EngineUnavailableError(field="options.engine")
        return spec
    return engines.selectable()[0]


def _estimate(speech: Asset, spec: EngineSpec) -> Millicredits:
    duration_ms = speech.media.duration_ms if speech.media else PROVISIONAL_SECONDS * 1000
    return price_of_duration(duration_ms, per_second=spec.millicredits_per_second)
