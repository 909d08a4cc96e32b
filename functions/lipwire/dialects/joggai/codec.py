"""JoggAI's JSON to commands, views to its JSON."""

import hashlib
import json
from datetime import datetime
from typing import Final
from urllib.parse import quote

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.joggai import wire
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.domain import commands, commands_uploads
from lipwire.domain.ids import AssetId, JobId, is_id
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.options import JobOptions, WhenShorter
from lipwire.domain.prices import Terms, newest
from lipwire.domain.views import JobView, UploadView

NAME: Final = "joggai"
_PLAYBACK: Final = {
    "normal": WhenShorter.CUT_OFF,
    "normal_reverse": WhenShorter.BOUNCE,
    "normal_reverse_by_audio": WhenShorter.BOUNCE_EXACT,
}
_STATUS: Final = {
    JobStatus.QUEUED: "pending",
    JobStatus.VALIDATING: "pending",
    JobStatus.RENDERING: "processing",
    JobStatus.SUCCEEDED: "success",
    JobStatus.FAILED: "failed",
    # The vendor has no word for it; a client that waits must not wait for ever.
    JobStatus.CANCELED: "failed",
}
#: What an upload is called from then on: a host that nobody can own (RFC 2606), so that only we know what it means.
_ASSETS: Final = "https://assets.lipwire.invalid/"


def to_task(request: WireRequest) -> commands.CreateJob:
    """POST …/create_lip_sync_video."""
    body = read_json(request, wire.TaskIn)
    source_id, source_url = _media(body.video_url)
    speech_id, speech_url = _media(body.audio_url)
    return commands.CreateJob(
        source_id=source_id,
        source_url=source_url,
        speech_id=speech_id,
        speech_url=speech_url,
        options=JobOptions(when_shorter=_PLAYBACK[body.playback_type]),
        terms=Terms(dialect=NAME, version=newest(NAME)),
        echo={"inputs": _digest(body)},
    )


def to_get_task(request: WireRequest) -> commands.GetJob:
    """GET …/lip_sync_video/{task_id}."""
    return commands.GetJob(job_id=JobId(request.path_params["task_id"]))


def to_find_task(request: WireRequest) -> commands.FindJob:
    """GET …/lip_sync_video?video_url=&audio_url=&playback_type=: the newest of these inputs."""
    inputs = _digest(validate(wire.TaskIn, dict(request.query)))
    return commands.FindJob(dialect=NAME, echo={"inputs": inputs})


def to_upload(request: WireRequest) -> commands_uploads.CreateUpload:
    """POST …/upload/asset."""
    body = read_json(request, wire.AssetIn)
    return commands_uploads.CreateUpload(
        filename=body.filename, content_type=body.content_type, size_bytes=body.file_size
    )


def from_new_task(view: JobView) -> WireResponse:
    """A task that was accepted."""
    return data({"task_id": view.job.id, "status": _STATUS[view.job.status]})


def from_task(view: JobView) -> WireResponse:
    """One task."""
    return data(task_out(view))


def from_upload(view: UploadView) -> WireResponse:
    """Where the file goes, and what it is called then."""
    name = quote(view.asset.filename, safe="")
    return data({"sign_url": view.url, "asset_url": f"{_ASSETS}{view.asset.id}/{name}"})


def task_out(view: JobView) -> dict[str, object]:
    """A task's JSON: `data` where there is a result, `error` where there is none and will be none."""
    job = view.job
    shown: dict[str, object] = {
        "task_id": job.id,
        "status": _STATUS[job.status],
        "created_at": unix(job.created_at),
        "completed_at": None if job.finished_at is None else unix(job.finished_at),
    }
    if job.output is not None:
        shown["data"] = {
            "result_url": view.output_url,
            "cover_url": view.cover_url,
            "duration_seconds": job.output.duration_ms / 1000,
        }
    error = _error(job)
    return shown if error is None else shown | {"error": {"message": error}}


def unix(moment: datetime) -> int:
    """Seconds since 1970."""
    return int(moment.timestamp())


def data(found: object) -> WireResponse:
    """An answer around that."""
    body = {"code": 0, "msg": "Success", "data": found}
    return WireResponse(status=200, body=json.dumps(body, ensure_ascii=False))


def _error(job: Job) -> str | None:
    if job.status is JobStatus.CANCELED:
        return "The task was canceled."
    return None if job.error is None else job.error.message


def _media(url: str) -> tuple[AssetId | None, str | None]:
    asset_id = url.removeprefix(_ASSETS).partition("/")[0]
    if url.startswith(_ASSETS) and is_id(asset_id, "ast"):
        return AssetId(asset_id), None
    return None, url


def _digest(body: wire.TaskIn) -> str:
    """The same for the same inputs; the URLs themselves may hold signatures and are not kept."""
    inputs = f"{body.video_url}\n{body.audio_url}\n{body.playback_type}"
    return hashlib.sha256(inputs.encode()).hexdigest()
