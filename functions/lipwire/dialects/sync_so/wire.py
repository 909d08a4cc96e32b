"""What sync.so's clients send. Fields that its documents don't name are ignored, as the vendor does."""

import json
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
AssetName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Model = Literal["lipsync-2", "lipsync-2-pro", "lipsync-1.9.0-beta", "react-1", "sync-3"]
SyncMode = Literal["bounce", "loop", "cut_off", "silence", "remap"]
Emotion = Literal["happy", "sad", "angry", "disgusted", "surprised", "neutral"]
Status = Literal["PENDING", "PROCESSING", "COMPLETED", "FAILED", "REJECTED"]
BatchWord = Literal["PENDING", "JOBS_CREATED", "PROCESSING", "COMPLETED", "FAILED"]
AssetType = Literal["AUDIO", "VIDEO", "IMAGE"]
Pixel = Annotated[int, Field(ge=0, le=65_535)]


class Wire(BaseModel):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)


class Media(Wire):
    """A file by its URL, or an asset of the library."""

    url: Url | None = None
    assetId: AssetName | None = None  # noqa: N815  # the vendor's

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.url is None) == (self.assetId is None):
            raise ValueError("give either url or assetId")
        return self


class VideoInput(Media):
    """Whose mouth moves."""

    type: Literal["video"]
    #: Older ways to say `segments`; seconds and frames.
    segments_secs: (
        Annotated[
            list[Annotated[list[Seconds], Field(min_length=2, max_length=2)]],
            Field(max_length=100),
        ]
        | None
    ) = None
    segments_frames: None = None


class ImageInput(Media):
    """Whose mouth moves, in a picture."""

    type: Literal["image"]


class AudioInput(Media):
    """What is said."""

    type: Literal["audio"]
    refId: Ref | None = None  # noqa: N815  # the vendor's


class Voice(Wire):
    """Who says a text."""

    name: Literal["elevenlabs"]
    voiceId: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # noqa: N815  # the vendor's
    script: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    stability: Share | None = None
    similarityBoost: Share | None = None  # noqa: N815  # the vendor's


class TextInput(Wire):
    """What is said, as words."""

    type: Literal["text"]
    provider: Voice
    refId: Ref | None = None  # noqa: N815  # the vendor's


Input = Annotated[VideoInput | ImageInput | AudioInput | TextInput, Field(discriminator="type")]


class Speaker(Wire):
    """Who speaks, where there are several: a place in a frame, or a box for each frame."""

    auto_detect: bool | None = None
    frame_number: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    coordinates: Annotated[list[Pixel], Field(min_length=2, max_length=2)] | None = None
    bounding_boxes: (
        list[Annotated[list[Pixel], Field(min_length=4, max_length=4)] | None] | None
    ) = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.frame_number is None) != (self.coordinates is None):
            raise ValueError("frame_number and coordinates go together")
        for box in filter(None, self.bounding_boxes or []):
            if box[2] <= box[0] or box[3] <= box[1]:
                raise ValueError("a bounding box is [x1, y1, x2, y2] with x1 < x2 and y1 < y2")
        return self


class Options(Wire):
    """How to render; the last five are of older documents."""

    sync_mode: SyncMode | None = None
    temperature: Share | None = None
    active_speaker_detection: Speaker | None = None
    occlusion_detection_enabled: bool | None = None
    #: Both of `react-1` alone.
    model_mode: Literal["lips", "face"] | None = None
    prompt: Emotion | None = None
    output_format: Literal["mp4"] | None = None
    fps: Annotated[int, Field(ge=24, le=60)] | None = None
    output_resolution: (
        Annotated[list[Annotated[int, Field(ge=1, le=65_535)]], Field(min_length=2, max_length=2)]
        | None
    ) = None
    pads: Any = None
    speedup: Literal[1] | None = None


class SegmentAudio(Wire):
    """Which voice, and which part of it."""

    refId: Ref  # noqa: N815  # the vendor's
    startTime: Seconds | None = None  # noqa: N815  # the vendor's
    endTime: Seconds | None = None  # noqa: N815  # the vendor's

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.startTime is None) != (self.endTime is None):
            raise ValueError("startTime and endTime of a voice go together")
        return self


class Segment(Wire):
    """A part of the video with its voice."""

    startTime: Seconds  # noqa: N815  # the vendor's
    endTime: Seconds  # noqa: N815  # the vendor's
    audioInput: SegmentAudio  # noqa: N815  # the vendor's


class GenerateIn(Wire):
    """POST /v2/generate, and what it would cost."""

    model: Model
    input: list[Input] = Field(min_length=1, max_length=100)
    options: Options | None = None
    segments: Annotated[list[Segment], Field(max_length=100)] | None = None
    webhookUrl: Url | None = None  # noqa: N815  # the vendor's
    outputFileName: (  # noqa: N815  # the vendor's
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=255)] | None
    ) = None


class FormIn(GenerateIn):
    """The same as a form, where `video` and `audio` may be files instead of inputs."""

    input: list[Input] = Field(default=[], max_length=100)
    video: bytes | None = None
    audio: bytes | None = None


class BatchLine(Wire):
    """One line of a batch's file."""

    request_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    endpoint: Literal["/v2/generate"]
    payload: GenerateIn


class BatchIn(Wire):
    """POST /v2/batch, as a form: the file has one `BatchLine` a line."""

    input: bytes
    webhook_url: Url | None = None
    dry_run: Literal["true", "false"] = "false"


class UploadIn(Wire):
    """POST /v2/assets/upload."""

    fileName: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # noqa: N815  # the vendor's
    contentType: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # noqa: N815  # the vendor's
    size: Annotated[int, Field(ge=1, le=5_000_000_000)]


class AssetIn(Wire):
    """POST /v2/assets: what was uploaded is there."""

    url: Url
    type: AssetType | None = None
    name: str | None = None
    projectId: str | None = None  # noqa: N815  # the vendor's


class TtsIn(Wire):
    """POST /v2/tts/jobs."""

    script: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    voiceId: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # noqa: N815  # the vendor's
    provider: Literal["elevenlabs"]
    stability: Share | None = None
    similarityBoost: Share | None = None  # noqa: N815  # the vendor's


class Query(BaseModel):
    """Base of what stands in a URL: all of it is text."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


def _listed(value: object) -> object:
    """A list as JSON, as the SDK for Node writes it, or its items with commas between."""
    if not isinstance(value, str):
        return value
    if value[:1] in {"[", '"'}:
        try:
            found = json.loads(value)
        except ValueError:
            return value.split(",")
        return found if isinstance(found, list) else [found]
    return value.split(",")


class GenerationsQuery(Query):
    """GET /v2/generations."""

    status: Annotated[list[Status], BeforeValidator(_listed)] | None = None
    ids: (
        Annotated[
            list[Annotated[str, StringConstraints(min_length=1, max_length=100)]],
            BeforeValidator(_listed),
            Field(max_length=100),
        ]
        | None
    ) = None


class AssetsQuery(Query):
    """GET /v2/assets."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = None
    searchQuery: Annotated[str, StringConstraints(max_length=200)] | None = None  # noqa: N815  # the vendor's
    types: Annotated[list[AssetType], BeforeValidator(_listed)] | None = None
    sortBy: Literal["dateDesc"] | None = None  # noqa: N815  # the vendor's
    projectId: str | None = None  # noqa: N815  # the vendor's


class BatchesQuery(Query):
    """GET /v2/batch."""

    status: BatchWord | None = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None


#: What each route takes; a house test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    "POST /v2/generate": GenerateIn,
    "POST /v2/analyze/cost": GenerateIn,
    "POST /v2/generate/estimate-cost": GenerateIn,
    "GET /v2/generations": GenerationsQuery,
    "GET /v2/assets": AssetsQuery,
    "POST /v2/assets": AssetIn,
    "POST /v2/assets/upload": UploadIn,
    "POST /v2/tts/jobs": TtsIn,
    "POST /v2/batch": BatchIn,
    "GET /v2/batch": BatchesQuery,
}
#: And what it takes as a form instead; those fields that are no files hold JSON or text.
FORMS: Final[dict[str, type[BaseModel]]] = {"POST /v2/generate": FormIn}
