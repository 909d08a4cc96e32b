"""Magic Hour's JSON to commands, views to its JSON."""

from datetime import datetime
from fractions import Fraction
from typing import Final

from pydantic import BaseModel, JsonValue

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.magic_hour import wire
from lipwire.dialects.magic_hour.errors import JOB_CODES
from lipwire.domain import commands, commands_account, commands_uploads
from lipwire.domain.credits import Millicredits
from lipwire.domain.engines import Mode
from lipwire.domain.errors import InvalidRequestError
from lipwire.domain.ids import AssetId, JobId, is_id
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.options import JobOptions, Quality, WhenShorter
from lipwire.domain.prices import Terms, in_credits, newest
from lipwire.domain.views import AccountView, Deleted, JobView, UploadView

NAME: Final = "magic_hour"
_QUALITY: Final = {"lite": Quality.DRAFT, "standard": Quality.STANDARD, "pro": Quality.BEST}
_STATUS: Final[dict[JobStatus, wire.Status]] = {
    JobStatus.QUEUED: "queued",
    JobStatus.VALIDATING: "queued",
    JobStatus.RENDERING: "rendering",
    JobStatus.SUCCEEDED: "complete",
    JobStatus.FAILED: "error",
    JobStatus.CANCELED: "canceled",
}
_TIERS: Final[dict[str, wire.Tier]] = {
    "free": "free",
    "starter": "creator",
    "pro": "pro",
    "custom": "business",
}
_TITLES: Final = {"LIP_SYNC": "Lip Sync", "TALKING_PHOTO": "Talking Photo"}
#: What estimates are made with, whatever the output's rate will be.
_ESTIMATE_FPS: Final = 30
#: The vendor's longest talking photo when it follows a prompt, in seconds; others last as long as the plan allows.
_LONGEST_PROMPTED_S: Final = 45
#: No screen shows more; the vendor's field has no upper limit.
_MAX_FPS: Final = 120
#: What the vendor's SDKs know an uploaded file by.
_UPLOADED: Final = "api-assets/"
#: A longer side of at least this is 720p to the vendor.
_WIDTH_OF_720P: Final = 1280


def to_upload_urls(request: WireRequest) -> commands_uploads.CreateUploads:
    """POST /v1/files/upload-urls."""
    body = read_json(request, wire.UploadUrlsIn)
    return commands_uploads.CreateUploads(
        items=tuple(
            commands_uploads.CreateUpload(
                filename=f"{item.type}.{item.extension}",
                content_type="application/octet-stream",
                size_bytes=None,
            )
            for item in body.items
        )
    )


def to_lip_sync(request: WireRequest) -> commands.CreateJob:
    """POST /v1/lip-sync: the clip from start to end, with the voice from its beginning on; as long as the clip."""
    body = read_json(request, wire.LipSyncIn)
    source_id, source_url = None, body.assets.youtube_url
    if body.assets.video_source == "file":
        source_id, source_url = _media(body.assets.video_file_path, "assets.video_file_path")
    speech_id, speech_url = _media(body.assets.audio_file_path, "assets.audio_file_path")
    fps = body.max_fps_limit
    return commands.CreateJob(
        source_id=source_id,
        source_url=source_url,
        speech_id=speech_id,
        speech_url=speech_url,
        options=JobOptions(
            trim_start_ms=round(body.start_seconds * 1000) or None,
            trim_end_ms=round(body.end_seconds * 1000),
            when_shorter=WhenShorter.SILENCE,
            max_fps=None if fps is None else min(int(fps), _MAX_FPS),
            quality=_QUALITY[body.style.generation_mode],
        ),
        name=body.name,
        terms=_terms("pro" if body.style.generation_mode == "pro" else ""),
        expected_ms=_length_ms(body),
        echo=_echo(body, "LIP_SYNC"),
    )


def to_talking_photo(request: WireRequest) -> commands.CreateJob:
    """POST /v1/ai-talking-photo: the picture speaks what is heard from start to end of the voice."""
    body = read_json(request, wire.TalkingPhotoIn)
    seconds = body.end_seconds - body.start_seconds
    if body.style.is_prompted and seconds > _LONGEST_PROMPTED_S:
        raise _wrong("end_seconds", f"a prompted clip lasts at most {_LONGEST_PROMPTED_S} s")
    source_id, source_url = _media(body.assets.image_file_path, "assets.image_file_path")
    speech_id, speech_url = _media(body.assets.audio_file_path, "assets.audio_file_path")
    return commands.CreateJob(
        source_id=source_id,
        source_url=source_url,
        speech_id=speech_id,
        speech_url=speech_url,
        options=JobOptions(
            speech_start_ms=round(body.start_seconds * 1000) or None,
            max_duration_ms=_length_ms(body),
            height=_height(body),
            style=body.style.prompt if body.style.is_prompted else None,
        ),
        name=body.name,
        terms=_terms(""),
        expected_ms=_length_ms(body),
        echo=_echo(body, "TALKING_PHOTO"),
    )


def to_get_project(request: WireRequest) -> commands.GetJob:
    """GET /v1/video-projects/{id}."""
    return commands.GetJob(job_id=JobId(request.path_params["id"]))


def to_delete_project(request: WireRequest) -> commands.DeleteJob:
    """DELETE /v1/video-projects/{id}."""
    return commands.DeleteJob(job_id=JobId(request.path_params["id"]))


def to_get_account(request: WireRequest) -> commands_account.GetAccount:
    """GET /v1/account."""
    del request
    return commands_account.GetAccount()


def from_uploads(views: tuple[UploadView, ...]) -> WireResponse:
    """Where each file goes."""
    return _json(
        wire.UploadUrlsOut(
            items=[
                wire.UploadUrlOut(
                    upload_url=view.url or "",
                    expires_at=_iso(view.asset.upload_expires_at),
                    file_path=f"api-assets/{view.asset.id}/{view.asset.filename}",
                )
                for view in views
            ]
        )
    )


def from_created(view: JobView) -> WireResponse:
    """A project that was accepted, with what it is expected to cost."""
    cost = credits_of(view.job)
    return _json(wire.CreatedOut(id=view.job.id, estimated_frame_cost=cost, credits_charged=cost))


def from_project(view: JobView) -> WireResponse:
    """One project."""
    return _json(project_out(view))


def from_deleted(view: Deleted) -> WireResponse:
    """Nothing is left to say."""
    del view
    return WireResponse(status=204)


def from_account(view: AccountView) -> WireResponse:
    """The account; what is held for running projects is not available."""
    return _json(
        wire.AccountOut(
            id=view.account.id,
            email=None,
            tier=_TIERS.get(view.account.plan, "pro"),
            credits=_credits(max(0, view.balance.available)),
        )
    )


def project_out(view: JobView) -> wire.VideoProjectOut:
    """A project's JSON; the webhook's payload is the same."""
    job, output = view.job, view.job.output
    kind, start, end = _shown(job)
    download = None
    if view.output_url is not None and view.urls_expire_at is not None:
        download = wire.DownloadOut(url=view.output_url, expires_at=_iso(view.urls_expire_at))
    error = None
    if job.error is not None:
        code = JOB_CODES.get(job.error.code, job.error.code)
        error = wire.ErrorOut(code=code, message=job.error.message)
    cost = credits_of(job)
    return wire.VideoProjectOut(
        id=job.id,
        name=job.name or f"{_TITLES[kind]} - {job.created_at:%Y-%m-%d %H:%M}",
        status=_STATUS[job.status],
        type=kind,
        created_at=_iso(job.created_at),
        width=output.width if output else -1,
        height=output.height if output else -1,
        enabled=True,
        start_seconds=start,
        end_seconds=end,
        total_frame_cost=cost,
        credits_charged=cost,
        fps=float(Fraction(output.fps)) if output else _ESTIMATE_FPS,
        error=error,
        downloads=[download] if download else [],
        download=download,
    )


def credits_of(job: Job) -> int:
    """What the job costs in the vendor's credits: the estimate, then the frames that were rendered, or nothing.

    A job of another dialect is charged by that one's prices; here it is shown in credits of this one.
    """
    if job.status in {JobStatus.FAILED, JobStatus.CANCELED}:
        return 0
    charged = job.charged_millicredits
    return _credits(job.held_millicredits if charged is None else charged)


def _credits(millicredits: int) -> int:
    return int(in_credits(_terms(""), Millicredits(millicredits)))


def _terms(tier: str) -> Terms:
    return Terms(dialect=NAME, version=newest(NAME), tier=tier)


def _shown(job: Job) -> tuple[wire.Kind, float, float]:
    """Type, start and end in seconds; of a job that was made in another dialect, what comes nearest."""
    is_photo = job.mode is Mode.PORTRAIT or job.echo.get("type") == "TALKING_PHOTO"
    length_ms = job.output.duration_ms if job.output else 0
    start_ms = job.echo.get("start_ms", job.options.trim_start_ms or 0)
    end_ms = job.echo.get("end_ms", job.options.trim_end_ms or length_ms)
    return (
        "TALKING_PHOTO" if is_photo else "LIP_SYNC",
        float(str(start_ms)) / 1000,
        float(str(end_ms)) / 1000,
    )


def _length_ms(body: wire.Clip) -> int:
    return round(body.end_seconds * 1000) - round(body.start_seconds * 1000)


def _echo(body: wire.Clip, kind: str) -> dict[str, JsonValue]:
    return {
        "type": kind,
        "start_ms": round(body.start_seconds * 1000),
        "end_ms": round(body.end_seconds * 1000),
    }


def _media(path: str | None, field: str) -> tuple[AssetId | None, str | None]:
    """The asset of a `file_path` that an upload was given, or a URL."""
    path = path or ""
    if path.startswith(("https://", "http://")):
        return None, path
    asset_id = path.removeprefix(_UPLOADED).partition("/")[0]
    if not path.startswith(_UPLOADED) or not is_id(asset_id, "ast"):
        raise _wrong(field, f"give a URL, or the file_path of an upload ({_UPLOADED}…)")
    return AssetId(asset_id), None


def _height(body: wire.TalkingPhotoIn) -> int | None:
    """The shorter side; None leaves it to the picture."""
    if body.resolution is not None:
        return {"480p": 480, "720p": 720}[body.resolution]
    if body.max_resolution is not None:
        return 480 if body.max_resolution < _WIDTH_OF_720P else 720
    return 480 if body.style.is_prompted else None


def _wrong(field: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The request is not valid: `{field}`: {message}.",
        errors=[{"field": field, "message": message}],
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(body: BaseModel) -> WireResponse:
    return WireResponse(status=200, body=body.model_dump_json())
