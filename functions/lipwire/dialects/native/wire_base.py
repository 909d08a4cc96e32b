"""What the native API's JSON is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

AssetIdText = Annotated[str, StringConstraints(pattern=r"^ast_[0-9a-z]{26}$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Wire(BaseModel):
    """Base of what comes in: nothing unknown, nothing coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Out(BaseModel):
    """Base of what goes out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AssetRef(Wire):
    """An uploaded asset."""

    asset_id: AssetIdText
