"""LipDub's generations and renders: its JSON to commands, jobs to its JSON."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.lipdub import wire
from lipwire.dialects.lipdub.uploads import (
    NAME,
    data,
    listed,
    own_number,
    page_of,
    shot_of,
)
from lipwire.domain import commands
from lipwire.domain.errors import AssetNotFoundError, JobNotFoundError
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.numbers import OwnNumber, number_of, of_uuid
from lipwire.domain.options import EditedRegion, JobOptions, TimeRange, WhenShorter
from lipwire.domain.prices import Terms, newest
from lipwire.domain.views import JobView, NumberedPage

STATUS: Final = {
    JobStatus.QUEUED: "pending",
    JobStatus.VALIDATING: "pending",
    JobStatus.RENDERING: "running",
    JobStatus.SUCCEEDED: "finished",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELED: "cancelled",
}
#: The vendor's smaller output.
_HD: Final = 1080
#: What a job says again: that a side of it came by URL.
_BY_URL: Final = {"by": "url"}
_SLOW: Final = frozenset({"source_too_slow", "render_timed_out"})
_UNFETCHED: Final = frozenset(
    {
        *("source_url_failed", "source_unreachable", "source_refused", "source_bad_answer"),
        *("source_is_page", "page_without_media", "media_too_large", "upload_incomplete"),
    }
)


def to_generate(request: WireRequest) -> commands.CreateJob:
    """POST /v1/shots/{shot_id}/generate."""
    shot = shot_of(request)
    body = read_json(request, wire.GenerateIn)
    return commands.CreateJob(
        source_id=shot,
        speech_id=_voice(body.audio_id),
        options=JobOptions(
            language=body.language,
            # Whatever else the face shows stays as it was filmed.
            region=EditedRegion.MOUTH if body.maintain_expression else EditedRegion.MOUTH_AND_JAW,
            when_shorter=WhenShorter.LOOP if body.loop_video else WhenShorter.CUT_OFF,
            height=None if body.full_resolution else _HD,
            time_ranges=tuple(
                TimeRange(start=_moment(start), end=_moment(end))
                for start, end in body.timecode_ranges or ()
            ),
            output_name=body.output_filename,
        ),
        name=body.output_filename,
        webhook_url=body.callback_url,
        terms=Terms(dialect=NAME, version=newest(NAME)),
        is_numbered=True,
        first_frame=body.start_frame,
    )


def to_generation(request: WireRequest) -> commands.GetJob:
    """GET /v1/shots/{shot_id}/generate/{generate_id}, and its download."""
    shot = own_number(request.path_params["shot_id"])
    if shot is None:
        raise JobNotFoundError
    return commands.GetJob(job_id=_generation(request), source_id=shot)


def to_render(request: WireRequest) -> commands.CreateJob:
    """POST /v1/renders."""
    body = read_json(request, wire.RenderIn)
    by_url = body.video_url is not None or body.audio_url is not None
    return commands.CreateJob(
        source_id=None if body.video_id is None else OwnNumber(number=body.video_id),
        source_url=body.video_url,
        speech_id=None if body.audio_id is None else _voice(body.audio_id),
        speech_url=body.audio_url,
        options=JobOptions(when_shorter=WhenShorter.CUT_OFF, output_name=body.output_filename),
        name=body.output_filename,
        webhook_url=body.callback_url,
        terms=Terms(dialect=NAME, version=newest(NAME)),
        echo=dict(_BY_URL) if by_url else {},
        is_numbered=True,
        shows_available=not by_url,
    )


def to_get_render(request: WireRequest) -> commands.GetJob:
    """GET /v1/renders/{generate_id}/status, and its download."""
    return commands.GetJob(job_id=_generation(request))


def to_track(request: WireRequest) -> commands.GetJob:
    """GET /v1/renders/track/{tracking_id}."""
    return commands.GetJob(job_id=JobId(request.path_params["tracking_id"]))


def to_render_list(request: WireRequest) -> commands.ListJobPages:
    """GET /v1/renders."""
    page, per_page = page_of(request, 20)
    return commands.ListJobPages(dialect=NAME, page=page, per_page=per_page)


def from_generated(view: JobView) -> WireResponse:
    """A generation that was accepted; some clients look inside `data`, others beside it."""
    found = {"generate_id": number(view.job)}
    body = found | {"data": found | {"status": STATUS[view.job.status]}}
    return WireResponse(status=201, body=json.dumps(body))


def from_generation(view: JobView) -> WireResponse:
    """How far it is."""
    return data(_state(view.job) | {"progress": _percent(view.job)})


def from_render_status(view: JobView) -> WireResponse:
    """How far it is, as renders say it."""
    return data(_state(view.job))


def from_download(view: JobView) -> WireResponse:
    """The link to the result, or that there is none."""
    if view.output_url is None:
        text = f"There is nothing to download: the render is {STATUS[view.job.status]}."
        return WireResponse(status=400, body=json.dumps({"detail": text}))
    return data({"download_url": view.output_url})


def from_new_render(view: JobView) -> WireResponse:
    """By ids: its number and what is left to spend. With a URL: what to ask for the number by."""
    if view.job.echo == _BY_URL:
        return data({"tracking_id": view.job.id}, status=202)
    left = 0 if view.available is None else view.available
    whole, rest = divmod(left, 1000)
    balance = whole + rest / 1000 if rest else whole
    return data({"generate_id": number(view.job), "credit": {"balance": balance}}, status=201)


def from_track(view: JobView) -> WireResponse:
    """How far its files are; the number once it renders."""
    status, reason = _tracked(view.job)
    return data(
        {
            "tracking_id": view.job.id,
            "status": status,
            "generate_id": number(view.job) if status == "dispatched" else None,
            "failure_reason": reason,
        }
    )


def from_render_list(view: NumberedPage[JobView]) -> WireResponse:
    """Renders and generations."""
    return listed(
        [
            {
                "generate_id": number(one.job),
                "shot_file_name": one.job.name,
                "render_generation_status": STATUS[one.job.status],
            }
            for one in view.items
        ],
        view.total,
    )


def number(job: Job) -> int | None:
    """What the vendor's clients know a job by; None of one that was not made in this dialect."""
    return number_of(job.id, job.account_id)


def _state(job: Job) -> dict[str, object]:
    """Why it failed is said only where it did."""
    state: dict[str, object] = {"status": STATUS[job.status], "generate_id": number(job)}
    return state if job.error is None else state | {"failure_reason": job.error.message}


def _percent(job: Job) -> int:
    return 100 if job.status is JobStatus.SUCCEEDED else job.percent


def _tracked(job: Job) -> tuple[str, str | None]:
    """A job that ended before it was known whether its source moves was never rendered."""
    if job.status is JobStatus.QUEUED:
        return "ingesting", None
    if job.status is JobStatus.VALIDATING:
        return "dispatching", None
    if job.status in {JobStatus.RENDERING, JobStatus.SUCCEEDED} or job.mode is not None:
        return "dispatched", None
    code = "" if job.error is None else job.error.code
    if code in _SLOW:
        return "failed", "request timed out"
    return "failed", "asset download failed" if code in _UNFETCHED else "render dispatch failed"


def _generation(request: WireRequest) -> OwnNumber:
    found = own_number(request.path_params["generate_id"])
    if found is None:
        raise JobNotFoundError
    return found


def _voice(audio_id: str) -> AssetId:
    found = of_uuid("ast", audio_id)
    if found is None:
        raise AssetNotFoundError
    return AssetId(found)


def _moment(at: float | str) -> int | str:
    return at if isinstance(at, str) else round(at * 1000)
