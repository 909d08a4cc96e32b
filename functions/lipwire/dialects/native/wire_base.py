"""What the native API's JSON is made of."""

from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

AssetIdText = Annotated[str, StringConstraints(pattern=r"^ast_[0-9a-z]{26}$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Wire(BaseModel):
    """Base of what comes in: nothing unknown, nothing coerced."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", strict=True)


class Out(BaseModel):
    """Base of what goes out."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid")


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
