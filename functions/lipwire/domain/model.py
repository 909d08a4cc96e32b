"""What all our models have in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of every model: frozen, and built at its first use, for a cold start pays only for the models it needs.

    Fields that nobody declared are ignored, so rows and files of a later version can be read; whoever must refuse them says
    `extra="forbid"`.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)
