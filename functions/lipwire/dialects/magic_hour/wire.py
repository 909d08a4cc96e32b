"""What Magic Hour's clients send. Fields that its documents don't name are ignored, as the vendor does."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lipwire.domain.model import Model

#: By type, as the vendor lists them; `mpeg` is sound to one of its SDKs and video to the other.
_EXTENSIONS: Final = {
    "video": "mp4 m4v mov webm mpeg",
    "audio": "mp3 wav aac flac webm weba m4a opus ogg oga aiff amr mpeg",
    "image": "png jpg jpeg jfif heic heif webp avif jp2 tiff tif bmp",
    "gif": "gif webp webm",
}

#: A `file_path` that an upload was given, or a URL.
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Name = Annotated[str, StringConstraints(max_length=200)]
Start = Annotated[float, Field(ge=0, le=86_400)]
End = Annotated[float, Field(ge=0.1, le=86_400)]

#: What the SDKs know; another word breaks them.
Status = Literal["draft", "queued", "rendering", "complete", "error", "canceled"]
Kind = Literal["LIP_SYNC", "TALKING_PHOTO"]
Tier = Literal["free", "creator", "pro", "business"]


class Wire(Model):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class UploadItem(Wire):
    """One file to come."""

    type: Literal["video", "audio", "image", "gif"]
    extension: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.extension not in _EXTENSIONS[self.type].split():
            raise ValueError(f"{self.extension!r} is not an extension of type {self.type}")
        return self


class UploadUrlsIn(Wire):
    """POST /v1/files/upload-urls."""

    items: list[UploadItem] = Field(min_length=1, max_length=20)


class Clip(Wire):
    """From when to when; of the video, or of a talking photo's voice."""

    start_seconds: Start
    end_seconds: End
    name: Name | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end_seconds <= self.start_seconds:
            raise ValueError("end_seconds must be greater than start_seconds")
        return self


class LipSyncAssets(Wire):
    """What speaks, and in which picture."""

    audio_file_path: FilePath
    video_source: Literal["file", "youtube"]
    video_file_path: FilePath | None = None
    youtube_url: FilePath | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.video_source == "file" and self.video_file_path is None:
            raise ValueError("video_file_path is required when video_source is file")
        if self.video_source == "youtube" and self.youtube_url is None:
            raise ValueError("youtube_url is required when video_source is youtube")
        return self


class LipSyncStyle(Wire):
    """How much work goes into it."""

    generation_mode: Literal["lite", "standard", "pro"] = "lite"


class LipSyncIn(Clip):
    """POST /v1/lip-sync."""

    assets: LipSyncAssets
    max_fps_limit: float | None = Field(default=None, ge=1)
    style: LipSyncStyle = Field(default_factory=LipSyncStyle)
    #: Whatever is sent, for the vendor ignores both.
    height: Any = None
    width: Any = None


class TalkingPhotoAssets(Wire):
    """What speaks, and in which picture."""

    image_file_path: FilePath
    audio_file_path: FilePath


class TalkingPhotoStyle(Wire):
    """How it moves; four of the modes are older names of the other two."""

    generation_mode: Literal["realistic", "prompted", "pro", "stable", "standard", "expressive"] = (
        "realistic"
    )
    prompt: Annotated[str, StringConstraints(max_length=2000)] | None = None
    intensity: float | None = None

    @property
    def is_prompted(self) -> bool:
        """Whether the prompt counts."""
        return self.generation_mode in {"prompted", "standard", "expressive"}


class TalkingPhotoIn(Clip):
    """POST /v1/ai-talking-photo."""

    assets: TalkingPhotoAssets
    style: TalkingPhotoStyle = Field(default_factory=TalkingPhotoStyle)
    resolution: Literal["480p", "720p"] | None = None
    #: Of the longer side; the older way to say `resolution`.
    max_resolution: int | None = Field(default=None, ge=1)


class Out(Model):
    """Base of what goes out: every field is there, for the vendor's SDKs require all of them."""

    model_config = ConfigDict(extra="forbid")


class UploadUrlOut(Out):
    """Where one file goes, and what it is called then."""

    upload_url: str
    expires_at: str
    file_path: str


class UploadUrlsOut(Out):
    """In the order of the request."""

    items: list[UploadUrlOut]


class CreatedOut(Out):
    """A project that was accepted."""

    id: str
    estimated_frame_cost: int
    credits_charged: int


class ErrorOut(Out):
    """Why a project failed."""

    code: str
    message: str


class DownloadOut(Out):
    """A link that holds until then."""

    url: str
    expires_at: str


class VideoProjectOut(Out):
    """GET /v1/video-projects/{id}; the SDKs refuse an answer that lacks any of these."""

    id: str
    name: str | None
    status: Status
    type: Kind
    created_at: str
    width: int
    height: int
    enabled: bool
    start_seconds: float
    end_seconds: float
    total_frame_cost: int
    credits_charged: int
    fps: float
    error: ErrorOut | None
    downloads: list[DownloadOut]
    download: DownloadOut | None


class AccountOut(Out):
    """GET /v1/account."""

    id: str
    email: str | None
    tier: Tier
    credits: int = Field(ge=0)
    subscription: None = None


#: What each route takes; a house test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    "POST /v1/files/upload-urls": UploadUrlsIn,
    "POST /v1/lip-sync": LipSyncIn,
    "POST /v1/ai-talking-photo": TalkingPhotoIn,
}
