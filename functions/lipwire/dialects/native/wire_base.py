"""What the native API's JSON is made of."""

from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from lipwire.domain.model import Model
from lipwire.domain.speech import LEAST_PERCENT, MOST_CHARACTERS, MOST_PERCENT

#: Of the voice's own; two digits count.
Factor = Annotated[float, Field(ge=LEAST_PERCENT / 100, le=MOST_PERCENT / 100)]
AssetIdText = Annotated[str, StringConstraints(pattern=r"^ast_[0-9a-z]{26}$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Wire(Model):
    """Base of what comes in: nothing unknown, nothing coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Out(Model):
    """Base of what goes out."""

    model_config = ConfigDict(extra="forbid")


class AssetRef(Wire):
    """An uploaded asset."""

    asset_id: AssetIdText


class MediaRef(Wire):
    """An uploaded asset, or a URL to fetch it from: exactly one of the two."""

    asset_id: AssetIdText | None = None
    url: Url | None = Field(
        default=None, description="Public https on port 443; fetched once, when the job begins."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.asset_id is None) is (self.url is None):
            raise ValueError("give either asset_id or url")
        return self


class ScriptIn(Wire):
    """What is to be said, by whom and how."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)] = Field(
        description=f"Plain text of at most {MOST_CHARACTERS} characters, less on smaller plans."
    )
    voice: Name | None = Field(default=None, description="One of GET /voices.")
    language: Annotated[str, StringConstraints(min_length=2, max_length=35)] | None = Field(
        default=None,
        description="BCP 47. With no voice, the best one here that speaks it is taken.",
    )
    rate: Factor = Field(default=1, description="Speed; 1 is the voice's own.")
    pitch: Factor = Field(
        default=1, description="2 is an octave up; refused for voices that can't change theirs."
    )


class VoiceRef(Wire):
    """A voice: an uploaded asset, a URL to fetch it from, or a text to speak: exactly one of the three."""

    asset_id: AssetIdText | None = None
    url: Url | None = Field(
        default=None, description="Public https on port 443; fetched once, when the job begins."
    )
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)] | None = Field(
        default=None, description="Spoken when the job begins, as POST /speech does."
    )
    voice: Name | None = Field(default=None, description="With `text`: one of GET /voices.")
    language: Annotated[str, StringConstraints(min_length=2, max_length=35)] | None = Field(
        default=None, description="With `text`: BCP 47."
    )
    rate: Factor | None = Field(default=None, description="With `text`: speed.")
    pitch: Factor | None = Field(default=None, description="With `text`.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if [self.asset_id, self.url, self.text].count(None) != 2:
            raise ValueError("give one of asset_id, url and text")
        manner = (self.voice, self.language, self.rate, self.pitch)
        if self.text is None and any(one is not None for one in manner):
            raise ValueError("voice, language, rate and pitch belong to a text")
        return self
