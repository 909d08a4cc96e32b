"""What JoggAI's clients send. Fields that its page doesn't name are ignored."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lipwire.domain.model import Model

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Playback = Literal["normal", "normal_reverse", "normal_reverse_by_audio"]
#: The lip sync events are ours, for the vendor has none; its own of videos mean the same.
Event = Literal[
    "generated_lip_sync_video_success",
    "generated_lip_sync_video_failed",
    "generated_video_success",
    "generated_video_failed",
]


class Wire(Model):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class TaskIn(Wire):
    """POST …/create_lip_sync_video, and the query that looks one up by the same inputs."""

    video_url: Url
    audio_url: Url
    playback_type: Playback = "normal"


class AssetIn(Wire):
    """POST …/upload/asset."""

    filename: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content_type: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    file_size: int | None = Field(default=None, ge=1, le=5_000_000_000)


class EndpointIn(Wire):
    """POST …/endpoint."""

    url: Url
    events: list[Event] = Field(min_length=1)
    status: Literal["enabled"] = "enabled"


class EndpointChangeIn(Wire):
    """PUT …/endpoint/{id}; what is left out stays."""

    url: Url | None = None
    events: list[Event] | None = Field(default=None, min_length=1)
    status: Literal["enabled", "disabled"] | None = None


#: The older one and the newer one; both are served.
PREFIXES: Final = ("/open/v2", "/v2")

#: What each route takes; a contract test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    f"{method} {prefix}/{path}": model
    for prefix in PREFIXES
    for method, path, model in (
        ("POST", "create_lip_sync_video", TaskIn),
        ("GET", "lip_sync_video", TaskIn),
        ("POST", "upload/asset", AssetIn),
        ("POST", "endpoint", EndpointIn),
        ("PUT", "endpoint/{id}", EndpointChangeIn),
    )
}
