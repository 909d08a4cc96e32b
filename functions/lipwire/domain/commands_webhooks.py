"""What use cases take that are about webhooks."""

from datetime import datetime, timedelta

from pydantic import Field

from lipwire.domain.commands import Command
from lipwire.domain.ids import EndpointId
from lipwire.domain.signing import DEFAULT_OVERLAP
from lipwire.domain.webhooks import (
    NATIVE,
    DeliveryFilter,
    DeliveryId,
    DeliveryStatus,
    EndpointStatus,
)


class CreateEndpoint(Command):
    url: str
    event_types: tuple[str, ...] = ()
    format: str = NATIVE
    description: str = ""


class ListEndpoints(Command):
    pass


class GetEndpoint(Command):
    endpoint_id: EndpointId


class UpdateEndpoint(Command):
    """What is None stays."""

    endpoint_id: EndpointId
    url: str | None = None
    event_types: tuple[str, ...] | None = None
    description: str | None = None
    status: EndpointStatus | None = None


class DeleteEndpoint(Command):
    endpoint_id: EndpointId


class RotateSecret(Command):
    endpoint_id: EndpointId
    #: How long the secret before signs too.
    overlap: timedelta = DEFAULT_OVERLAP


class RotateAccountSecret(Command):
    #: How long the secret before signs too.
    overlap: timedelta = DEFAULT_OVERLAP


class SendTestEvent(Command):
    endpoint_id: EndpointId


class ListDeliveries(Command):
    wanted: DeliveryFilter = Field(default_factory=DeliveryFilter)
    limit: int = 20
    cursor: str | None = None


class GetDelivery(Command):
    delivery_id: DeliveryId


class ReplayDelivery(Command):
    delivery_id: DeliveryId


class ReplayDeliveries(Command):
    """Those of one endpoint that were owed in that time and ended so."""

    endpoint_id: EndpointId
    since: datetime
    until: datetime | None = None
    statuses: frozenset[DeliveryStatus]
    cursor: str | None = None
