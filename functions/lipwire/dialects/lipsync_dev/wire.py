"""What LipSync.dev's clients send and get. Fields that its page doesn't name are ignored."""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lipwire.domain.model import Model

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class Wire(Model):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class Settings(Wire):
    """How it is to be rendered."""

    resolution: Literal["480p", "720p", "1080p"] = "720p"
    fps: float = Field(default=25, ge=24, le=60)
    maxDuration: float | None = Field(default=None, gt=0, le=86_400)  # noqa: N815  # the vendor's


class GenerateIn(Wire):
    """POST /api/v1/lipsync/generate; the source is a video or an image."""

    audioUrl: Url  # noqa: N815  # the vendor's
    videoUrl: Url | None = None  # noqa: N815  # the vendor's
    imageUrl: Url | None = None  # noqa: N815  # the vendor's
    settings: Settings = Field(default_factory=Settings)
    webhookUrl: Url | None = None  # noqa: N815  # the vendor's

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.videoUrl is None) is (self.imageUrl is None):
            raise ValueError("give either videoUrl or imageUrl")
        return self


class TtsIn(Wire):
    """POST /api/v1/tts/generate: the vendor has announced the route, and described nothing of it; these are our own."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    voice: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    language: Annotated[str, StringConstraints(min_length=2, max_length=35)] | None = None


#: What each route takes; a contract test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    "POST /api/v1/lipsync/generate": GenerateIn,
    "POST /api/v1/tts/generate": TtsIn,
}
