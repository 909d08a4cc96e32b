"""Uploads and assets in the native API's JSON, field by field."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lipwire.dialects.native.wire import ProblemOut
from lipwire.dialects.native.wire_base import Name, Out, Wire


class UploadIn(Wire):
    """A file to come."""

    filename: Name = Field(description="For your own orientation; it never becomes part of a path.")
    content_type: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$", max_length=100)
    ]
    size_bytes: int = Field(gt=0, description="Exact size; the upload URL takes no other.")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="Of the bytes, in hex: the upload URL then takes no others, with the headers that are answered.",
    )


class PartOut(Out):
    """One part of an upload above 5 GB."""

    number: int
    url: str


class UploadTargetOut(Out):
    """Where to send the bytes: either `url`, or each `parts[].url` with `part_size` bytes."""

    method: str
    url: str | None = None
    headers: dict[str, str]
    parts: list[PartOut] | None = None
    part_size: int | None = None


class UploadOut(Out):
    """Permission to put one asset."""

    asset_id: str
    upload: UploadTargetOut
    expires_at: datetime


class MediaOut(Out):
    """What the probe found."""

    kind: Literal["video", "image", "audio"]
    container: str
    duration_ms: int
    width: int | None = None
    height: int | None = None
    fps: str | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    has_audio: bool


class AnalysisOut(Out):
    """What the face analysis found; made once, reused by every job on this source."""

    status: Literal["none", "running", "done", "failed"]
    faces: int | None = None
    frames: int | None = None
    frames_with_face: int | None = None


class AssetOut(Out):
    """A media object."""

    id: str
    status: Literal["awaiting_upload", "uploaded", "ready", "rejected"]
    filename: str
    content_type: str
    size_bytes: int
    media: MediaOut | None = None
    analysis: AnalysisOut
    error: ProblemOut | None = None
    created_at: datetime


class AssetPage(Out):
    """Some assets, newest first."""

    items: list[AssetOut]
    next_cursor: str | None
