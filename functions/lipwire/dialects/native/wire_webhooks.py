"""Webhook endpoints and deliveries in the native API's JSON, field by field."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from lipwire.dialects.native.wire_base import Out, Url, Wire
from lipwire.domain.model import Model

EventType = Literal[
    "job.started",
    "job.succeeded",
    "job.failed",
    "job.canceled",
    "batch.completed",
    "endpoint.disabled",
    "key.revoked",
    "balance.low",
]
Description = Annotated[str, StringConstraints(max_length=200)]
EndpointState = Literal["enabled", "disabled"]
DeliveryState = Literal["pending", "delivered", "exhausted", "dropped"]
_MOMENT = "RFC 3339 with a time zone."


class EndpointIn(Wire):
    """Where to be told."""

    url: Url
    event_types: list[EventType] = Field(
        default=[], description="None means all but `job.started`."
    )
    format: str = Field(
        default="native",
        description="`native`, or a dialect: told of its jobs alone, in that vendor's words and signature.",
    )
    description: Description = ""


class EndpointChangeIn(Wire):
    """What is left out stays as it is."""

    url: Url | None = None
    event_types: list[EventType] | None = Field(default=None, description="`[]` means all.")
    description: Description | None = None
    status: EndpointState | None = None


class RotationIn(Wire):
    """How long the secret before signs too."""

    overlap_s: int = Field(default=86400, ge=0, le=7 * 86400)


class ReplayIn(Wire):
    """Which deliveries of the endpoint to make again."""

    since: Annotated[datetime, Field(strict=False, description=_MOMENT)]
    until: Annotated[datetime | None, Field(strict=False)] = None
    statuses: list[Literal["delivered", "exhausted", "dropped"]] = Field(
        default=["exhausted", "dropped"], min_length=1
    )
    cursor: str | None = Field(default=None, description="`next_cursor` of the answer before.")


class DeliveryQuery(Model):
    """Query of the list of deliveries."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = None
    endpoint_id: str | None = None
    status: DeliveryState | None = None
    since: datetime | None = Field(default=None, description=_MOMENT)
    until: datetime | None = Field(default=None, description="Before then.")


class EndpointOut(Out):
    """A webhook endpoint; `secret` is shown once, when it is made or rotated."""

    id: str
    url: str
    event_types: list[str]
    format: str
    description: str
    status: EndpointState
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = Field(
        default=None, description="Nothing but failures since then; disabled after five days."
    )
    old_secrets_until: datetime | None = Field(
        default=None, description="Until then a secret that was replaced signs too."
    )
    created_at: datetime
    secret: str | None = None


class AccountSecretOut(Out):
    """What signs webhooks of jobs that name a `webhook_url`."""

    webhook_secret: str
    old_secrets_until: datetime | None = Field(
        default=None, description="Until then the secrets before this one sign too."
    )


class EndpointList(Out):
    """All webhook endpoints."""

    items: list[EndpointOut]


class AttemptOut(Out):
    """One HTTP request: a `status`, or an `error` in its place."""

    number: int
    at: datetime
    status: int | None = None
    error: Literal["timeout", "unreachable"] | None = None
    latency_ms: int
    excerpt: str = Field(description="The first 256 printable bytes of the answer, at most.")


class DeliveryOut(Out):
    """One event owed to one endpoint, or to a job's own URL."""

    id: str
    event_id: str = Field(description="The `webhook-id` of every attempt.")
    type: str
    sequence: int
    occurred_at: datetime
    endpoint_id: str | None = None
    url: str | None = None
    job_id: str | None = None
    replay_of: str | None = None
    status: DeliveryState
    reason: str | None = None
    attempts: int
    next_attempt_at: datetime | None = None
    created_at: datetime
    log: list[AttemptOut] | None = Field(
        default=None, description="Its attempts; not part of lists."
    )


class DeliveryPage(Out):
    """Some deliveries, newest first; it can hold fewer than `limit` and still have a next one."""

    items: list[DeliveryOut]
    next_cursor: str | None


class ReplayedOut(Out):
    """How many deliveries were made again; with a cursor, ask again with it for the rest."""

    replayed: int
    next_cursor: str | None
