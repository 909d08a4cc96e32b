"""A job as it would be: checked and priced, not yet stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lipwire.domain.assets import (
    Asset,
    AssetStatus,
    asset_of_url,
    filename_of_url,
    refuse_as_mask,
    refuse_as_source,
    refuse_as_speech,
)
from lipwire.domain.commands import Caller, CreateJob, GivenFile
from lipwire.domain.commands_uploads import GetAsset
from lipwire.domain.credits import PROVISIONAL_SECONDS, Millicredits
from lipwire.domain.duration import (
    PORTRAIT_FPS,
    longest_output_ms,
    output_fps,
    output_resolution,
    refuse_long_output,
)
from lipwire.domain.engines import EngineSpec
from lipwire.domain.errors import (
    AssetNotFoundError,
    EngineUnavailableError,
    InvalidOptionError,
    InvalidRequestError,
    InvalidSourceUrlError,
    InvalidWebhookUrlError,
)
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.keys import KeyMode
from lipwire.domain.media import MediaInfo
from lipwire.domain.numbers import OwnNumber, numbered
from lipwire.domain.option_checks import check_engine, check_options, check_source, understood
from lipwire.domain.options import JobOptions, chosen
from lipwire.domain.prices import NATIVE, Price, Terms, estimate, list_of
from lipwire.ports import AssetReader, Clock, EngineCatalog, IdSource
from lipwire.ports.speech import NO_VOICES, VoiceCatalog
from lipwire.ports.urls import UrlPolicy
from lipwire.usecases.draft_upload import FETCHED_WITHIN_S
from lipwire.usecases.get_asset import get_asset
from lipwire.usecases.spoken_asset import spoken_asset


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """A job that could be made, and what it would hold."""

    job: Job
    #: Assets that don't exist yet: they wait to be fetched from URLs, or to be spoken.
    fetched: tuple[Asset, ...]
    #: Nor do these, whose bytes came with the request.
    given: tuple[tuple[Asset, bytes], ...]
    price: Price
    #: How long the output may last; None while a file has not been looked into, and the price is provisional.
    longest_ms: int | None


def draft_job(
    command: CreateJob,
    caller: Caller,
    *,
    assets: AssetReader,
    engines: EngineCatalog,
    webhook_urls: UrlPolicy,
    source_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
    voices: VoiceCatalog = NO_VOICES,
) -> JobDraft:
    """The queued job with what it would hold; nothing is written.

    What the probe already knows is refused here; what it does not know yet is refused by `ValidateSources`.

    Raises:
        InvalidRequestError: an asset id is unknown (named in `errors`).
        InvalidOptionError: options that don't fit each other, the engine or what is known of the source.
        MediaError, WrongAssetKindError: what is already known of an asset forbids it.
        EngineUnavailableError, InvalidWebhookUrlError, InvalidSourceUrlError.
        NothingToSayError, TextTooLongError, VoiceNotFoundError, LanguageNotSpokenError: of a text.
    """
    if command.webhook_url is not None and not webhook_urls.allows(command.webhook_url):
        raise InvalidWebhookUrlError
    now, is_test = clock.now(), caller.mode is KeyMode.TEST
    options, warnings = understood(command.options)
    named = tuple(
        (role, *_own(asset_id, url, caller, assets))
        for role, asset_id, url in (
            ("source", command.source_id, command.source_url),
            ("speech", command.speech_id, command.speech_url),
            ("options.second_speech", options.second_speech_id, command.second_speech_url),
            ("options.mask", options.mask_id, command.mask_url),
        )
    )
    files = {
        role: file
        for role, file in (("source", command.source_file), ("speech", command.speech_file))
        if file is not None
    }
    media = {
        role: _media(asset_id, url, role, command, caller, assets, ids, now)
        for role, asset_id, url in named
        if asset_id is not None or _is_allowed(url, role, source_urls)
    } | {role: _awaited(file, command, caller, ids, now) for role, file in files.items()}
    scripts = {"speech": command.script, "options.second_speech": command.second_script}
    spoken = {
        role: spoken_asset(script, caller, voices=voices, ids=ids, now=now)
        for role, script in scripts.items()
        if script is not None
    }
    media |= spoken
    source, speech = media["source"], media["speech"]
    second, mask = media.get("options.second_speech"), media.get("options.mask")
    options = options.model_copy(
        update={
            "second_speech_id": second and second.id,
            "mask_id": mask and mask.id,
            **_first_frame(command, source.media),
        }
    )
    refuse_as_source(source)
    refuse_as_speech(speech)
    check_options(options)
    if second is not None:
        refuse_as_speech(second)
    if mask is not None:
        refuse_as_mask(mask)
    spec = _engine(options, engines)
    check_engine(options, spec)
    if source.media is not None:
        check_source(options, source.media, engine=spec.name)
    longest_ms = _longest_ms(source, speech, second, options)
    if longest_ms is not None:
        limit_ms = caller.account.limits.longest_output_ms(is_test=is_test)
        refuse_long_output(longest_ms, limit_ms=limit_ms)
    # The list stays, so that the vendor's way of counting does.
    terms = command.terms.model_copy(update={"free": command.terms.free or is_test})
    price = estimate(
        terms,
        longest_ms=_provisional_ms(command) if longest_ms is None else longest_ms,
        fps=output_fps(source.media, options) if source.media else None,
        resolution=output_resolution(source.media, options) if source.media else None,
        per_second=spec.millicredits_per_second,
    )
    for role, voice in (("speech", speech), ("options.second_speech", second)):
        _refuse_test_voice(voice, role, is_test=is_test)
    said = _said_millicredits((speech, second), terms)
    job = Job(
        id=JobId(_new_id("job", command, caller, ids)),
        account_id=caller.account.id,
        status=JobStatus.QUEUED,
        stage="queued",
        source_id=source.id,
        speech_id=speech.id,
        options=options,
        warnings=warnings,
        is_test=is_test,
        name=command.name,
        webhook_url=command.webhook_url,
        metadata=command.metadata,
        echo=command.echo,
        engine=spec.name,
        held_millicredits=price.amount + said,
        speech_millicredits=said,
        terms=terms,
        per_second_millicredits=spec.millicredits_per_second,
        created_at=now,
        updated_at=now,
    )
    fetched = tuple(media[role] for role, asset_id, url in named if asset_id is None and url)
    given = tuple((media[role], file.data) for role, file in files.items())
    return JobDraft(
        job=job,
        fetched=(*fetched, *(_spoken_for(job, one) for one in spoken.values())),
        given=given,
        price=price,
        longest_ms=longest_ms,
    )


def _refuse_test_voice(voice: Asset | None, role: str, *, is_test: bool) -> None:
    if voice is not None and voice.speech is not None and voice.speech.is_test and not is_test:
        raise InvalidRequestError(
            f"`{role}.asset_id` was spoken for a test key: only a test key's jobs take it.",
            errors=[{"field": f"{role}.asset_id", "message": "spoken for a test key"}],
        )


def _said_millicredits(voices: Iterable[Asset | None], terms: Terms) -> Millicredits:
    """What the job pays for texts: those of its own, and those of other jobs, which may have come to nothing.

    A list of a vendor's own sells them as that vendor does, for nothing, unless we are asked money for them.
    """
    said = {one.id: one.speech for one in voices if one is not None}
    is_native = list_of(terms).dialect == NATIVE
    return Millicredits(
        sum(
            one.millicredits
            for one in said.values()
            if one is not None
            and not (terms.free or one.charged_millicredits)
            and (is_native or one.is_billed)
        )
    )


def _spoken_for(job: Job, voice: Asset) -> Asset:
    speech = voice.speech and voice.speech.model_copy(update={"job_id": job.id})
    return voice.model_copy(update={"speech": speech})


def _own(
    asset_id: AssetId | OwnNumber | None, url: str | None, caller: Caller, assets: AssetReader
) -> tuple[AssetId | OwnNumber | None, str | None]:
    """The same, but a link to a file that the account has here names that asset: nothing is fetched."""
    linked = None if url is None else asset_of_url(url, caller.account.id)
    asset = None if linked is None else assets.get(linked)
    is_own = asset is not None and asset.account_id == caller.account.id
    return (linked, None) if is_own else (asset_id, url)


def _is_allowed(url: str | None, role: str, source_urls: UrlPolicy) -> bool:
    """Whether there is a URL; one that is there is allowed by its form, or InvalidSourceUrlError is raised."""
    if url is not None and not source_urls.allows(url):
        raise InvalidSourceUrlError(field=f"{role}.url")
    return url is not None


def _provisional_ms(command: CreateJob) -> int:
    return PROVISIONAL_SECONDS * 1000 if command.expected_ms is None else command.expected_ms


def _new_id(prefix: str, command: CreateJob, caller: Caller, ids: IdSource) -> str:
    new = ids.new(prefix)
    return numbered(new, caller.account.id) if command.is_numbered else new


def _first_frame(command: CreateJob, source: MediaInfo | None) -> dict[str, int]:
    """The trim that makes the output begin with the frame of that number, counted from 0."""
    if not command.first_frame:
        return {}
    if source is None:
        raise InvalidOptionError(
            "The source's frame rate is not known yet: ask again when it has been looked into.",
            option="trim_start",
        )
    return {"trim_start_ms": round(command.first_frame * 1000 / (source.fps or PORTRAIT_FPS))}


def _media(
    asset_id: AssetId | OwnNumber | None,
    url: str | None,
    role: str,
    command: CreateJob,
    caller: Caller,
    assets: AssetReader,
    ids: IdSource,
    now: datetime,
) -> Asset:
    """The asset that is named, or a new one that waits to be fetched."""
    if asset_id is not None:
        return _asset(asset_id, role, caller, assets)
    file = GivenFile(
        filename=filename_of_url(url or ""), content_type="application/octet-stream", data=b""
    )
    return _awaited(file, command, caller, ids, now).model_copy(update={"url": url})


def _awaited(
    file: GivenFile, command: CreateJob, caller: Caller, ids: IdSource, now: datetime
) -> Asset:
    """A new asset whose bytes are on their way."""
    return Asset(
        id=AssetId(_new_id("ast", command, caller, ids)),
        account_id=caller.account.id,
        status=AssetStatus.AWAITING_UPLOAD,
        filename=file.filename,
        content_type=file.content_type,
        size_bytes=len(file.data),
        created_at=now,
        upload_expires_at=now + timedelta(seconds=FETCHED_WITHIN_S),
    )


def _asset(asset_id: AssetId | OwnNumber, role: str, caller: Caller, assets: AssetReader) -> Asset:
    try:
        asset = get_asset(GetAsset(asset_id=asset_id), caller, assets=assets)
    except AssetNotFoundError as exc:
        raise InvalidRequestError(
            f"`{role}.asset_id` names no asset of this account.",
            errors=[{"field": f"{role}.asset_id", "message": "no such asset"}],
        ) from exc
    return asset


def _engine(options: JobOptions, engines: EngineCatalog) -> EngineSpec:
    """The one that is named; else the first that honours all that was chosen, else the first."""
    if options.engine is not None:
        spec = engines.get(options.engine)
        if spec is None:
            raise EngineUnavailableError(field="options.engine")
        return spec
    able = [spec for spec in engines.selectable() if chosen(options) <= spec.options]
    return (able or list(engines.selectable()))[0]


def _longest_ms(
    source: Asset, speech: Asset, second: Asset | None, options: JobOptions
) -> int | None:
    """How long the output may last, where all is known already."""
    if source.media is None or speech.media is None or (second and second.media is None):
        return None
    return longest_output_ms(source.media, speech.media, second.media if second else None, options)
