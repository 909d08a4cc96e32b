"""What lipsync.studio's clients send. Fields that its page doesn't name are ignored."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lipwire.domain.model import Model

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class Wire(Model):
    """Base: nothing is coerced, unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class FormState(Wire):
    """What all three endpoints take."""

    resolution: Literal["480p", "720p"] = "480p"
    mask_image: Url | None = None
    prompt: Annotated[str, StringConstraints(max_length=2000)] | None = None
    seed: int | None = Field(default=None, ge=0, le=2**32 - 1)


class VideoForm(FormState):
    """A video whose sound is replaced."""

    video: Url
    audio: Url


class ImageForm(FormState):
    """One who speaks."""

    image: Url
    audio: Url


class MultiForm(FormState):
    """Two who speak."""

    image: Url
    left_audio: Url
    right_audio: Url
    order: Literal["meanwhile", "left_right", "right_left"] = "meanwhile"


class RequestIn(Wire):
    """Around each of them."""

    webhook: Url | None = None


class VideoIn(RequestIn):
    """POST /api/v1/lipsync-video."""

    formState: VideoForm  # noqa: N815  # the vendor's


class ImageIn(RequestIn):
    """POST /api/v1/lipsync-image."""

    formState: ImageForm  # noqa: N815  # the vendor's


class MultiIn(RequestIn):
    """POST /api/v1/lipsync-image-multi."""

    formState: MultiForm  # noqa: N815  # the vendor's


#: What each route takes; a contract test holds every field of them against golden cases and `UNSUPPORTED`.
REQUESTS: Final[dict[str, type[BaseModel]]] = {
    "POST /api/v1/lipsync-video": VideoIn,
    "POST /api/v1/lipsync-image": ImageIn,
    "POST /api/v1/lipsync-image-multi": MultiIn,
}
