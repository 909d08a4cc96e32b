"""LipSync.dev's JSON to commands, views to its JSON."""

import json
from datetime import datetime
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.lipsync_dev import wire
from lipwire.domain import commands
from lipwire.domain.assets import AssetStatus
from lipwire.domain.credits import Millicredits
from lipwire.domain.engines import Mode
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.options import JobOptions
from lipwire.domain.prices import Terms, in_credits, newest
from lipwire.domain.speech import Script
from lipwire.domain.views import JobView, SpeechView

NAME: Final = "lipsync_dev"
_HEIGHT: Final = {"480p": 480, "720p": 720, "1080p": 1080}
_STATUS: Final = {
    JobStatus.QUEUED: "queued",
    JobStatus.VALIDATING: "queued",
    JobStatus.RENDERING: "processing",
    JobStatus.SUCCEEDED: "completed",
    JobStatus.FAILED: "failed",
    # The vendor has no word for it; a client that waits must not wait for ever.
    JobStatus.CANCELED: "failed",
}
#: The vendor's page expects two minutes for what costs five credits, a minute of video.
_SECONDS_PER_CREDIT: Final = 24
_SPEECH_STATUS: Final = {
    AssetStatus.AWAITING_UPLOAD: "queued",
    AssetStatus.UPLOADED: "processing",
    AssetStatus.READY: "completed",
    AssetStatus.REJECTED: "failed",
}


def to_generate(request: WireRequest) -> commands.CreateJob:
    """POST /api/v1/lipsync/generate."""
    body = read_json(request, wire.GenerateIn)
    settings, longest = body.settings, body.settings.maxDuration
    return commands.CreateJob(
        source_url=body.videoUrl or body.imageUrl,
        speech_url=body.audioUrl,
        options=JobOptions(
            height=_HEIGHT[settings.resolution],
            fps=round(settings.fps),
            max_duration_ms=None if longest is None else max(1, round(longest * 1000)),
        ),
        webhook_url=body.webhookUrl,
        terms=Terms(dialect=NAME, version=newest(NAME)),
        echo={"input": "video" if body.videoUrl is not None else "image"},
    )


def to_status(request: WireRequest) -> commands.GetJob:
    """GET /api/v1/lipsync/status/{jobId}."""
    return commands.GetJob(job_id=JobId(request.path_params["jobId"]))


def to_speech(request: WireRequest) -> commands.CreateSpeech:
    """POST /api/v1/tts/generate."""
    body = read_json(request, wire.TtsIn)
    return commands.CreateSpeech(
        script=Script(text=body.text, voice=body.voice, language=body.language)
    )


def to_speech_status(request: WireRequest) -> commands.GetSpeech:
    """GET /api/v1/tts/status/{jobId}."""
    return commands.GetSpeech(asset_id=AssetId(request.path_params["jobId"]))


def from_generated(view: JobView) -> WireResponse:
    """A job that was accepted, with what it is expected to cost and take."""
    credits = credits_of(view.job, view.job.held_millicredits)
    return _data(
        {
            "jobId": view.job.id,
            "status": _STATUS[view.job.status],
            "inputType": _input_type(view.job),
            "estimatedCredits": credits,
            "estimatedTime": credits * _SECONDS_PER_CREDIT,
        }
    )


def from_status(view: JobView) -> WireResponse:
    """One job; `error` only where it failed."""
    job = view.job
    taken = None if job.finished_at is None else job.finished_at - job.created_at
    data: dict[str, object] = {
        "jobId": job.id,
        "inputType": _input_type(job),
        "status": _STATUS[job.status],
        "outputUrl": view.output_url,
        "createdAt": _iso(job.created_at),
        "updatedAt": _iso(job.updated_at),
        "processingTime": None if taken is None else round(taken.total_seconds()),
    }
    return _data(data | ({"error": error_of(job)} if error_of(job) else {}))


def from_new_speech(view: SpeechView) -> WireResponse:
    """A text that was accepted."""
    return _data(
        {
            "jobId": view.asset.id,
            "status": _SPEECH_STATUS[view.asset.status],
            "voice": view.speech.voice,
            "language": view.speech.language,
        }
    )


def from_speech(view: SpeechView) -> WireResponse:
    """One text; `audioUrl` once it is spoken, which `generate` takes as its own, `error` only where it failed."""
    asset, media = view.asset, view.asset.media
    data: dict[str, object] = {
        "jobId": asset.id,
        "status": _SPEECH_STATUS[asset.status],
        "audioUrl": view.audio_url if asset.status is AssetStatus.READY else None,
        "duration": None if media is None else media.duration_ms / 1000,
        "createdAt": _iso(asset.created_at),
    }
    return _data(data | ({"error": asset.problem.message} if asset.problem else {}))


def error_of(job: Job) -> str | None:
    """Why there is no output; None where there is one, or will be."""
    if job.status is JobStatus.CANCELED:
        return "The job was canceled."
    return None if job.error is None else job.error.message


def credits_of(job: Job, millicredits: int) -> int:
    """An amount in the vendor's credits; of a job that is sold by another list, in the newest ones of this."""
    terms = job.terms if job.terms.dialect == NAME else Terms(dialect=NAME, version=newest(NAME))
    return int(in_credits(terms, Millicredits(millicredits)))


def _input_type(job: Job) -> str:
    is_image = job.mode is Mode.PORTRAIT
    return str(job.echo.get("input", "image" if is_image else "video"))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _data(data: dict[str, object]) -> WireResponse:
    body = {"success": True, "data": data}
    return WireResponse(status=200, body=json.dumps(body, ensure_ascii=False))
