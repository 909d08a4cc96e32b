"""sync.so's JSON and forms to commands, views to its JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import JsonValue

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.multipart import Part, is_form, read_form
from lipwire.dialects.sync_so import wire
from lipwire.dialects.sync_so.choices import to_options
from lipwire.dialects.sync_so.errors import job_code, wrong
from lipwire.domain import commands, commands_account
from lipwire.domain.engines import Mode
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.prices import PRICE_LISTS, Terms, newest
from lipwire.domain.speech import Script
from lipwire.domain.views import AccountView, EstimateView, JobView

NAME: Final = "sync_so"
STATUS: Final[dict[JobStatus, wire.Status]] = {
    JobStatus.QUEUED: "PENDING",
    JobStatus.VALIDATING: "PENDING",
    JobStatus.RENDERING: "PROCESSING",
    JobStatus.SUCCEEDED: "COMPLETED",
    JobStatus.FAILED: "FAILED",
    JobStatus.CANCELED: "REJECTED",
}
#: Name, type, version, and what it is here.
_MODELS: Final = (
    ("lipsync-2", "lipsync", "2", "The standard quality."),
    ("lipsync-2-pro", "lipsync", "2", "The best quality."),
    ("lipsync-1.9.0-beta", "lipsync", "1.9.0", "A draft: the least work."),
    ("react-1", "react", "1", "The standard quality, with an expression and a region to choose."),
    ("sync-3", "lipsync", "3", "The best quality."),
)
#: What is ignored is not said again.
_NOT_ECHOED: Final[Mapping[str, Any]] = {
    "occlusion_detection_enabled": True,
    "output_format": True,
    "pads": True,
    "speedup": True,
    "active_speaker_detection": {"auto_detect": True},
}
#: What an upload is called: a host that nobody can own (RFC 2606), so that only we know what it means.
ASSETS: Final = "https://assets.lipwire.invalid/"
_OWN: Final = re.compile(rf"{re.escape(ASSETS)}(ast_[0-9a-z]{{26}})/")
#: Words that were spoken are not kept.
_NOT_ECHOED_OF_TEXT: Final = {"provider": {"script", "stability", "similarityBoost"}}
#: A row of the table holds 400 KB.
_MOST_BOXES: Final = 100


def to_generate(request: WireRequest) -> commands.CreateJob:
    """POST /v2/generate: JSON, or a form with files."""
    if not is_form(request):
        return to_job(read_json(request, wire.GenerateIn))
    form = read_form(request)
    values: dict[str, Any] = {
        name: form[name][0].text
        for name in ("model", "webhookUrl", "outputFileName")
        if name in form
    }
    values |= {name: _json_of(form[name][0]) for name in ("options", "segments") if name in form}
    found = [_json_of(part) for part in form.get("input", ())]
    values["input"] = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    files = {name: _file_of(form[name]) for name in ("video", "audio") if name in form}
    return to_job(validate(wire.FormIn, values), files)


def to_cost(request: WireRequest) -> commands.EstimateJob:
    """POST /v2/analyze/cost."""
    job = to_job(read_json(request, wire.GenerateIn))
    return commands.EstimateJob(**dict(job))


def to_get(request: WireRequest) -> commands.GetJob:
    """GET /v2/generate/{id}."""
    return commands.GetJob(job_id=JobId(request.path_params["id"]))


def to_list(request: WireRequest) -> commands.FindJobs:
    """GET /v2/generations."""
    query = validate(wire.GenerationsQuery, dict(request.query))
    wanted = query.status or []
    return commands.FindJobs(
        ids=tuple(JobId(one) for one in query.ids or ()),
        statuses=tuple(status for status, word in STATUS.items() if word in wanted),
    )


def to_models(request: WireRequest) -> commands_account.GetAccount:
    """GET /v2/models: whoever has a key may see them."""
    del request
    return commands_account.GetAccount()


def to_job(
    body: wire.GenerateIn, files: Mapping[str, commands.GivenFile] | None = None
) -> commands.CreateJob:
    """What a generation asks for: one picture that moves or will, one voice.

    Raises:
        InvalidRequestError: another number of them.
    """
    files = files or {}
    pictures = [one for one in body.input if isinstance(one, wire.VideoInput | wire.ImageInput)]
    voices = _voices(body)
    if len(pictures) + ("video" in files) != 1:
        raise wrong("input", "give one video or image")
    if len(voices) + ("audio" in files) not in ({1, 2} if body.segments else {1}):
        raise wrong("input", "give one audio or text, or two that segments name by their refId")
    picture, voice = next(iter(pictures), None), next(iter(voices), None)
    second = voices[1] if len(voices) > 1 else None
    video = picture if isinstance(picture, wire.VideoInput) else None
    has_tier = (None, body.model) in PRICE_LISTS[NAME, newest(NAME)].rates
    return commands.CreateJob(
        source_id=_asset(picture),
        source_url=_url(picture),
        source_file=files.get("video"),
        speech_id=_asset(voice),
        speech_url=_url(voice),
        script=_script(voice),
        speech_file=files.get("audio"),
        second_speech_url=_url(second),
        second_script=_script(second),
        options=to_options(body, video, [one.refId or "" for one in voices]).model_copy(
            update={"second_speech_id": _asset(second)}
        ),
        webhook_url=body.webhookUrl,
        terms=Terms(dialect=NAME, version=newest(NAME), tier=body.model if has_tier else ""),
        echo=_echo(body),
    )


def from_created(view: JobView) -> WireResponse:
    """A generation that was accepted."""
    return answer(generation_out(view), status=201)


def from_generation(view: JobView) -> WireResponse:
    """One generation."""
    return answer(generation_out(view))


def from_generations(views: tuple[JobView, ...]) -> WireResponse:
    """Several, newest first, without anything around them."""
    return answer([generation_out(view) for view in views])


def from_cost(view: EstimateView) -> WireResponse:
    """Frames and dollars, in a list of one."""
    price = view.price
    return answer(
        [
            {
                "estimatedFrameCount": number(price.units),
                "estimatedGenerationCost": number(price.credits),
            }
        ]
    )


def from_models(view: AccountView) -> WireResponse:
    """The vendor's models, whatever engines are here."""
    del view
    return answer(
        [
            {
                "id": name,
                "name": name,
                "type": kind,
                "version": version,
                "description": description,
                "deprecatedAt": None,
            }
            for name, kind, version, description in _MODELS
        ]
    )


def generation_out(view: JobView) -> dict[str, Any]:
    """A generation's JSON; the webhook's is the same, but for the address it is sent to."""
    job = view.job
    error = code = None
    if job.status is JobStatus.CANCELED:
        error, code = "The generation was canceled.", "generation_canceled"
    elif job.error is not None:
        error, code = job.error.message, job_code(job.error.code)
    return {
        "id": job.id,
        "createdAt": iso(job.created_at),
        "status": STATUS[job.status],
        "model": job.echo.get("model", "lipsync-2"),
        "input": _inputs(job),
        "options": job.echo.get("options"),
        "segments": job.echo.get("segments"),
        "webhookUrl": job.webhook_url,
        "outputUrl": view.output_url,
        "outputDuration": number(job.output.duration_ms / 1000) if job.output else None,
        "segmentOutputUrl": None,
        "error": error,
        "error_code": code,
    }


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds and Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number(value: Any) -> int | float:
    """As JavaScript writes it: whole numbers without a fraction, so that a body parsed and written again is the same."""
    found = float(value)
    return int(found) if found.is_integer() else found


def answer(body: object, *, status: int = 200) -> WireResponse:
    """An answer of that body."""
    return WireResponse(status=status, body=json.dumps(body, ensure_ascii=False))


def _echo(body: wire.GenerateIn) -> dict[str, JsonValue]:
    """What the vendor says again; of URLs without the query, which may hold a signature."""
    inputs = [
        one.model_dump(mode="json", exclude_unset=True, exclude=_NOT_ECHOED_OF_TEXT)
        | ({"url": one.url.partition("?")[0]} if isinstance(one, wire.Media) and one.url else {})
        for one in body.input
    ]
    echo: dict[str, JsonValue] = {"model": body.model, "input": inputs}  # type: ignore[dict-item]
    if body.options is not None:
        options = body.options.model_dump(
            mode="json", exclude_unset=True, exclude=dict(_NOT_ECHOED)
        )
        speaker = options.get("active_speaker_detection") or {}
        if len(speaker.get("bounding_boxes") or ()) > _MOST_BOXES:
            del speaker["bounding_boxes"]
        echo["options"] = options
    if body.segments:
        echo["segments"] = [
            one.model_dump(mode="json", exclude_unset=True) for one in body.segments
        ]
    return echo


def _inputs(job: Job) -> list[JsonValue]:
    """As they were given; those that came as files, or in another dialect, by their assets."""
    given = job.echo.get("input")
    found = list(given) if isinstance(given, list) else []
    kinds = {one.get("type") for one in found if isinstance(one, dict)}
    if not kinds & {"video", "image"}:
        kind = "image" if job.mode is Mode.PORTRAIT else "video"
        found.insert(0, {"type": kind, "assetId": job.source_id})
    if not kinds & {"audio", "text"}:
        found.append({"type": "audio", "assetId": job.speech_id})
    return found


def _voices(body: wire.GenerateIn) -> list[wire.AudioInput | wire.TextInput]:
    """What is said, as sound or as words; with segments, those and only those that a segment names."""
    voices = [one for one in body.input if isinstance(one, wire.AudioInput | wire.TextInput)]
    if not body.segments:
        return voices
    named = [one.refId for one in voices]
    wanted = {one.audioInput.refId for one in body.segments}
    if len(set(named)) < len(named) or set(named) != wanted:
        raise wrong("segments", "each audio or text has a refId of its own, which a segment names")
    return voices


def own_asset(url: str | None) -> AssetId | None:
    """The asset that an upload's address names."""
    found = _OWN.match(url or "")
    return AssetId(found[1]) if found else None


def _asset(media: object) -> AssetId | None:
    if not isinstance(media, wire.Media):
        return None
    return own_asset(media.url) if media.assetId is None else AssetId(media.assetId)


def _url(media: object) -> str | None:
    return media.url if isinstance(media, wire.Media) and not own_asset(media.url) else None


def _script(voice: object) -> Script | None:
    return script_of(voice.provider) if isinstance(voice, wire.TextInput) else None


def script_of(given: wire.Voice | wire.TtsIn) -> Script:
    """What is to be said; a voice of ours has a name with a slash, another vendor's is spoken by our own for English."""
    voice = given.voiceId if "/" in given.voiceId else None
    return Script(text=given.script, voice=voice)


def _file_of(parts: Sequence[Part]) -> commands.GivenFile:
    part = parts[0]
    if len(parts) > 1:
        raise wrong(part.name, "give one file")
    return commands.GivenFile(
        filename=(part.filename or part.name)[:200],
        content_type=part.content_type[:200],
        data=part.data,
    )


def _json_of(part: Part) -> Any:
    try:
        return json.loads(part.text)
    except (ValueError, RecursionError) as exc:
        raise wrong(part.name, "it is not valid JSON") from exc
