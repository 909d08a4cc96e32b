"""What LipDub's clients send. Fields that neither its documents nor its clients name are ignored."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from lipwire.domain.model import Model
from lipwire.domain.numbers import MAX_NUMBER, of_uuid

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Number = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
#: The vendor's limit of a voice.
_AUDIO_BYTES: Final = 104_857_600
#: Seconds, or an SMPTE timecode.
Moment = Annotated[float, Field(ge=0, le=86_400)] | Annotated[str, StringConstraints(max_length=11)]

Span = Annotated[list[Moment], Field(min_length=2, max_length=2)]


class Wire(Model):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class VideoIn(Wire):
    """POST /v1/video."""

    file_name: Name
    content_type: Literal[
        "video/mp4", "video/quicktime", "video/x-msvideo", "video/webm", "video/x-matroska"
    ]
    size_bytes: int | None = Field(default=None, ge=1)
    project_name: Name | None = None
    scene_name: Name | None = None
    actor_name: Name | None = None
    #: Fetched from there, in place of a PUT.
    video_source_url: Url | None = None


class AudioIn(Wire):
    """POST /v1/audio."""

    file_name: Name
    #: The fourth is how some clients call the first.
    content_type: Literal["audio/mpeg", "audio/wav", "audio/mp4", "audio/mp3"]
    #: Of what is sent; nobody needs to know the size of what is fetched.
    size_bytes: int | None = Field(default=None, ge=1, le=_AUDIO_BYTES)
    #: Fetched from there, in place of a PUT.
    audio_source_url: Url | None = None

    @model_validator(mode="after")
    def _has_a_size(self) -> Self:
        if self.size_bytes is None and self.audio_source_url is None:
            raise ValueError("give size_bytes, or audio_source_url")
        return self


class Voiced(Wire):
    """A voice by the UUID of its upload."""

    @field_validator("audio_id", check_fields=False)
    @classmethod
    def _is_uuid(cls, given: str | None) -> str | None:
        if given is not None and of_uuid("ast", given) is None:
            raise ValueError("an audio_id is a UUID")
        return given


class GenerateIn(Voiced):
    """POST /v1/shots/{shot_id}/generate."""

    audio_id: str
    output_filename: Name
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    maintain_expression: bool = False
    start_frame: int = Field(default=0, ge=0, le=100_000_000)
    loop_video: bool = False
    full_resolution: bool = True
    callback_url: Url | None = None
    timecode_ranges: list[Span] | None = Field(default=None, max_length=1000)
    #: Whatever is sent: one page of the vendor's names these, and none of its clients does.
    loop_count: Any = None
    segments: Any = None
    output_quality: Any = None
    input_video: Any = None


class RenderIn(Voiced):
    """POST /v1/renders; a video and a voice, each as URL or id."""

    output_filename: Name
    video_url: Url | None = None
    #: Of a shot.
    video_id: Number | None = None
    audio_url: Url | None = None
    audio_id: str | None = None
    callback_url: Url | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.video_url is None) is (self.video_id is None):
            raise ValueError("give either video_url or video_id")
        if (self.audio_url is None) is (self.audio_id is None):
            raise ValueError("give either audio_url or audio_id")
        return self


class PageQuery(Model):
    """Which page of a list; the vendor has two words for its size."""

    page: int = Field(default=1, ge=1, le=1000)
    per_page: int | None = Field(default=None, ge=1, le=100)
    page_size: int | None = Field(default=None, ge=1, le=100)


#: What each route takes; a contract test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    "POST /v1/video": VideoIn,
    "POST /v1/audio": AudioIn,
    "POST /v1/shots/{shot_id}/generate": GenerateIn,
    "POST /v1/renders": RenderIn,
    "GET /v1/audio": PageQuery,
    "GET /v1/shots": PageQuery,
    "GET /v1/renders": PageQuery,
}
