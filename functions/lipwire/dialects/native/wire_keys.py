"""API keys in the native API's JSON, field by field."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from lipwire.dialects.native.wire_base import Name, Out, Wire

ScopeName = Literal["jobs", "uploads", "webhooks", "admin"]
ModeName = Literal["live", "test"]


class KeyIn(Wire):
    """What the key is for."""

    name: Name
    scopes: list[ScopeName] = Field(
        min_length=1,
        description="`jobs`: jobs; `uploads`: assets; `webhooks`: endpoints and deliveries; `admin`: keys and the account.",
    )
    mode: ModeName = Field(
        default="live",
        description="Jobs of a `test` key cost nothing, last 30 s at most, and their outputs are marked.",
    )
    expires_at: Annotated[AwareDatetime | None, Field(strict=False)] = Field(
        default=None, description="RFC 3339 with a time zone; whole seconds. Left out: never."
    )
    requests_per_minute: int | None = Field(
        default=None, gt=0, le=100_000, description="A limit of its own below the account's."
    )


class KeyRotationIn(Wire):
    """How long the key before works too."""

    grace_s: int = Field(default=86400, ge=0, le=30 * 86400)


class KeyOut(Out):
    """An API key; `key` is the whole of it, shown once, when it is made."""

    id: str = Field(description="The public part, between `lw_live_` and the secret.")
    name: str
    mode: ModeName
    scopes: list[ScopeName]
    requests_per_minute: int | None = None
    created_at: datetime
    last_used_at: datetime | None = Field(default=None, description="To the minute.")
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    replaced_by: str | None = Field(
        default=None, description="The key that took its place at a rotation."
    )
    key: str | None = None


class KeyList(Out):
    """All API keys."""

    items: list[KeyOut]
