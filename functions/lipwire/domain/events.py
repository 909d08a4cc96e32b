"""Every fact that Lipwire publishes: typed, versioned, thin (style: ids, and what a subscriber needs to route).

Within a version only optional fields may be added; anything else is a new class with the next version.
"""

import json
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import ConfigDict

from lipwire.domain.ids import AccountId, AssetId, BatchId, EndpointId, EventId, JobId, KeyId
from lipwire.domain.model import Model


class EventData(Model):
    """Base of what an event says; producers can't add a field that isn't declared."""

    model_config = ConfigDict(extra="forbid")

    type: ClassVar[str]
    version: ClassVar[int] = 1
    #: The bounded context that tells it: `lipwire.<context>` is the event's source.
    context: ClassVar[str]


class AccountClosed(EventData):
    """An account was closed; all that it left is erased now."""

    type: ClassVar[str] = "AccountClosed"
    context: ClassVar[str] = "accounts"
    #: The key that asked for it; None where an operator did.
    by: KeyId | None = None


class ApiKeyRevoked(EventData):
    """An API key opens nothing any more."""

    type: ClassVar[str] = "ApiKeyRevoked"
    context: ClassVar[str] = "accounts"
    #: The key's public part; never the key.
    key_id: KeyId


class BalanceLow(EventData):
    """An account's credits are running out; told once, and again when they do so after more were added."""

    type: ClassVar[str] = "BalanceLow"
    context: ClassVar[str] = "credits"
    balance_millicredits: int
    threshold_millicredits: int


class AssetUploaded(EventData):
    """The bytes of an asset have arrived."""

    type: ClassVar[str] = "AssetUploaded"
    context: ClassVar[str] = "assets"
    asset_id: AssetId


class AssetReady(EventData):
    """An asset was looked into and is media we can use."""

    type: ClassVar[str] = "AssetReady"
    context: ClassVar[str] = "assets"
    asset_id: AssetId
    kind: str
    duration_ms: int


class AssetRejected(EventData):
    """An asset was looked into and can't be used."""

    type: ClassVar[str] = "AssetRejected"
    context: ClassVar[str] = "assets"
    asset_id: AssetId
    code: str


class AssetDeleted(EventData):
    """An asset and all that was computed from it are gone."""

    type: ClassVar[str] = "AssetDeleted"
    context: ClassVar[str] = "assets"
    asset_id: AssetId


class BatchAccepted(EventData):
    """A large batch was accepted, and its jobs are made as there is room for them."""

    type: ClassVar[str] = "BatchAccepted"
    context: ClassVar[str] = "jobs"
    batch_id: BatchId


class BatchCompleted(EventData):
    """Every job of a batch has ended, each in its own way."""

    type: ClassVar[str] = "BatchCompleted"
    context: ClassVar[str] = "jobs"
    batch_id: BatchId
    succeeded: int
    failed: int
    canceled: int


class JobCreated(EventData):
    """A job was accepted and its credits are held."""

    type: ClassVar[str] = "JobCreated"
    context: ClassVar[str] = "jobs"
    job_id: JobId


class JobRenderingStarted(EventData):
    """A job's sources are fine and its render is being started."""

    type: ClassVar[str] = "JobRenderingStarted"
    context: ClassVar[str] = "jobs"
    job_id: JobId
    engine: str


class JobSucceeded(EventData):
    """A job has its output and is paid."""

    type: ClassVar[str] = "JobSucceeded"
    context: ClassVar[str] = "jobs"
    job_id: JobId
    engine: str
    frames: int
    duration_ms: int
    charged_millicredits: int


class JobFailed(EventData):
    """A job ended without an output; nothing was charged."""

    type: ClassVar[str] = "JobFailed"
    context: ClassVar[str] = "jobs"
    job_id: JobId
    code: str


class JobCanceled(EventData):
    """A job was called off; nothing was charged."""

    type: ClassVar[str] = "JobCanceled"
    context: ClassVar[str] = "jobs"
    job_id: JobId


class WebhookEndpointDisabled(EventData):
    """An endpoint is not told any more."""

    type: ClassVar[str] = "WebhookEndpointDisabled"
    context: ClassVar[str] = "webhooks"
    endpoint_id: EndpointId
    reason: str


class Metadata(Model):
    """Who, when, which; unknown fields of newer producers are ignored."""

    id: EventId
    type: str
    version: int
    occurred_at: datetime
    account_id: AccountId
    correlation_id: str
    causation_id: str | None = None


class Envelope(Model):
    """An event as it travels: `metadata` and `data`, and nothing else."""

    metadata: Metadata
    data: dict[str, Any]

    @property
    def source(self) -> str:
        """EventBridge's `source`."""
        return f"lipwire.{EVENTS[self.metadata.type, self.metadata.version].context}"

    def to_json(self) -> str:
        """EventBridge's `detail`."""
        return json.dumps(self.model_dump(mode="json", exclude_none=True))

    def typed(self) -> EventData:
        """The data as its class; fields that class doesn't know are ignored.

        Raises:
            KeyError: a type or version this consumer doesn't know.
        """
        known = EVENTS[self.metadata.type, self.metadata.version]
        return known.model_validate(
            {name: value for name, value in self.data.items() if name in known.model_fields}
        )


#: Every event by type and version.
EVENTS: Final[dict[tuple[str, int], type[EventData]]] = {
    (event.type, event.version): event for event in EventData.__subclasses__()
}


def envelope(
    data: EventData,
    *,
    event_id: EventId,
    account_id: AccountId,
    occurred_at: datetime,
    correlation_id: str,
    causation_id: str | None = None,
) -> Envelope:
    """The event in its envelope."""
    return Envelope(
        metadata=Metadata(
            id=event_id,
            type=data.type,
            version=data.version,
            occurred_at=occurred_at,
            account_id=account_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
        ),
        data=data.model_dump(mode="json", exclude_none=True),
    )


def parse(detail: object) -> Envelope:
    """An envelope from EventBridge's `detail`."""
    return Envelope.model_validate(detail)
