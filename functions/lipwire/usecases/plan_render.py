"""Third step of the job workflow."""

from dataclasses import dataclass

from lipwire.domain.assets import Asset
from lipwire.domain.duration import longest_output_ms
from lipwire.domain.engines import Mode
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    EngineUnavailableError,
    JobFinishedError,
    JobNotFoundError,
)
from lipwire.domain.events import JobRenderingStarted
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import TEST_MARK, JobStatus, RenderPlan, outputs_prefix
from lipwire.domain.shards import shard_count
from lipwire.domain.speech import phonemes_key
from lipwire.ports import AssetStore, Clock, EngineCatalog, JobStore, WorkStore


@dataclass(frozen=True, slots=True)
class BatchTarget:
    """Where the render runs, and in how many parts."""

    queue: str
    definition: str
    shards: int


def plan_render(
    job_id: JobId,
    *,
    jobs: JobStore,
    assets: AssetStore,
    engines: EngineCatalog,
    work: WorkStore,
    clock: Clock,
) -> BatchTarget:
    """The plan lies in the work bucket, the number of parts is decided, and the job is rendering.

    Raises:
        EngineUnavailableError: the engine was taken out of the deployment since the job was created.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError
    source, speech = assets.get(job.source_id), assets.get(job.speech_id)
    if source is None or speech is None:
        raise AssetNotFoundError("An asset of this job was deleted.")
    second = _further(job.options.second_speech_id, assets)
    mask = _further(job.options.mask_id, assets)
    if source.media is None or speech.media is None:
        raise BusyError
    spec = engines.get(job.engine or "")
    if spec is None or job.mode not in spec.modes:
        raise EngineUnavailableError
    longest_ms = longest_output_ms(
        source.media, speech.media, second.media if second else None, job.options
    )
    shards = shard_count(longest_ms, shard_ms=engines.shard_ms(spec.name))
    options, phonemes = job.options, None
    if speech.speech is not None:
        if "language" in spec.options:
            language = options.language or speech.speech.language
            options = options.model_copy(update={"language": language})
        is_driven = "phonemes" in spec.options and second is None and not options.phonemes
        if speech.speech.has_phonemes and is_driven:
            phonemes = phonemes_key(speech.key)
    folder = outputs_prefix(job.account_id, job.id)
    work.put_plan(
        RenderPlan(
            id=job.id,
            account_id=job.account_id,
            engine=spec.name,
            is_image=job.mode is Mode.PORTRAIT,
            source_key=source.key,
            source_version=job.source_version,
            speech_key=speech.key,
            speech_version=job.speech_version,
            phonemes_key=phonemes,
            second_speech_key=second.key if second else None,
            second_speech_version=job.second_speech_version,
            mask_key=mask.key if mask else None,
            mask_version=job.mask_version,
            output_key=f"{folder}output.mp4",
            cover_key=f"{folder}cover.jpg",
            options=options,
            mark=TEST_MARK if job.is_test else None,
            shards=shards,
            longest_ms=longest_ms,
        )
    )
    if not jobs.advance(
        job.model_copy(
            update={
                "status": JobStatus.RENDERING,
                "stage": "starting",
                "shards": shards,
                "updated_at": clock.now(),
            }
        ),
        event=JobRenderingStarted(job_id=job.id, engine=spec.name),
    ):
        raise JobFinishedError
    queue, definition = engines.target(spec.name)
    return BatchTarget(queue, definition, shards)


def _further(asset_id: AssetId | None, assets: AssetStore) -> Asset | None:
    """An asset that an option names."""
    if asset_id is None:
        return None
    asset = assets.get(asset_id)
    if asset is None:
        raise AssetNotFoundError("An asset of this job was deleted.")
    return asset
