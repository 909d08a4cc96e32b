"""lipsync.studio's JSON to commands, views to its JSON."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.lipsync_studio import wire
from lipwire.domain import commands
from lipwire.domain.engines import Mode
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.options import JobOptions, SpeakingOrder
from lipwire.domain.prices import Resolution, Terms, newest
from lipwire.domain.views import JobView

NAME: Final = "lipsync_studio"
_ORDER: Final = {
    "meanwhile": SpeakingOrder.TOGETHER,
    "left_right": SpeakingOrder.LEFT_FIRST,
    "right_left": SpeakingOrder.RIGHT_FIRST,
}
#: The vendor has no word for what has not begun, and none for what was called off.
_STATUS: Final = {
    JobStatus.QUEUED: "processing",
    JobStatus.VALIDATING: "processing",
    JobStatus.RENDERING: "processing",
    JobStatus.SUCCEEDED: "completed",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELED: "failed",
}


def to_video(request: WireRequest) -> commands.CreateJob:
    """POST /api/v1/lipsync-video: as long as the voice, the video cut or played to and fro."""
    body = read_json(request, wire.VideoIn)
    form = body.formState
    return _job(
        "lipsync-video", body, form, source_url=form.video, speech_url=form.audio, order=None
    )


def to_image(request: WireRequest) -> commands.CreateJob:
    """POST /api/v1/lipsync-image."""
    body = read_json(request, wire.ImageIn)
    form = body.formState
    return _job(
        "lipsync-image", body, form, source_url=form.image, speech_url=form.audio, order=None
    )


def to_image_multi(request: WireRequest) -> commands.CreateJob:
    """POST /api/v1/lipsync-image-multi: the left one has the left voice."""
    body = read_json(request, wire.MultiIn)
    form = body.formState
    job = _job(
        "lipsync-image-multi",
        body,
        form,
        source_url=form.image,
        speech_url=form.left_audio,
        order=_ORDER[form.order],
    )
    return job.model_copy(update={"second_speech_url": form.right_audio})


def to_get_job(request: WireRequest) -> commands.GetJob:
    """GET /api/v1/jobs/{requestId}."""
    return commands.GetJob(job_id=JobId(request.path_params["requestId"]))


def from_accepted(view: JobView) -> WireResponse:
    """The id under both of the names that clients read."""
    job = view.job
    return _json({"id": job.id, "requestId": job.id, "status": _STATUS[job.status]})


def from_job(view: JobView) -> WireResponse:
    """One job."""
    return _json(job_out(view))


def job_out(view: JobView) -> dict[str, object]:
    """A job's JSON; the webhook's is the same."""
    job, taken = view.job, None
    if job.status is JobStatus.SUCCEEDED and job.finished_at is not None:
        taken = round((job.finished_at - job.created_at).total_seconds() * 1000)
    return {
        "id": job.id,
        "model": _model(job),
        "status": _STATUS[job.status],
        "output": view.output_url,
        "error": _error(job),
        "executionTime": taken,
        "timings": None,
    }


def _job(
    model: str,
    body: wire.RequestIn,
    form: wire.FormState,
    *,
    source_url: str,
    speech_url: str,
    order: SpeakingOrder | None,
) -> commands.CreateJob:
    size = Resolution(form.resolution)
    return commands.CreateJob(
        source_url=source_url,
        speech_url=speech_url,
        mask_url=form.mask_image,
        options=JobOptions(
            height=int(form.resolution.removesuffix("p")),
            style=form.prompt,
            seed=form.seed,
            speaking_order=order or SpeakingOrder.TOGETHER,
        ),
        webhook_url=body.webhook,
        terms=Terms(dialect=NAME, version=newest(NAME), resolution=size),
        echo={"model": model},
    )


def _model(job: Job) -> str:
    plain = "lipsync-image" if job.mode is Mode.PORTRAIT else "lipsync-video"
    return str(job.echo.get("model", plain))


def _error(job: Job) -> str:
    if job.status is JobStatus.CANCELED:
        return "The job was canceled."
    return "" if job.error is None else job.error.message


def _json(body: dict[str, object]) -> WireResponse:
    return WireResponse(status=200, body=json.dumps(body, ensure_ascii=False))
