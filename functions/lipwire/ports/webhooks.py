"""What webhooks and the outbox ask of the world."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from lipwire.domain.events import Envelope
from lipwire.domain.ids import AccountId, AssetId, EndpointId, JobId
from lipwire.domain.outbox import OutboxId, OutboxRow
from lipwire.domain.webhooks import Answer, Attempt, Delivery, DeliveryId, WebhookEndpoint


class UrlPolicy(Protocol):
    """Where webhooks may go."""

    def allows(self, url: str) -> bool:
        """Judged by its form alone; what its name resolves to is judged again at each attempt."""


class EndpointStore(Protocol):
    """An account's webhook endpoints."""

    def add(self, endpoint: WebhookEndpoint) -> None:
        """Keyed by the new id."""

    def get(self, account_id: AccountId, endpoint_id: EndpointId) -> WebhookEndpoint | None: ...

    def list(self, account_id: AccountId) -> tuple[WebhookEndpoint, ...]:
        """All of them, oldest first."""

    def delete(self, account_id: AccountId, endpoint_id: EndpointId) -> None:
        """Raises `EndpointNotFoundError` when it is not there."""

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        """Once, with `WebhookEndpointDisabled` in the same transaction; False when it was disabled or gone."""


class DeliveryStore(Protocol):
    """Deliveries and their attempts."""

    def add(self, delivery: Delivery) -> bool:
        """Keyed by the delivery's id: False when the row was there, whatever has become of it."""

    def claim(self, delivery_id: DeliveryId, *, at: datetime, until: datetime) -> Delivery | None:
        """Begin an attempt: counted now, nobody else's before `until`; None when it is not due, or not pending."""

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        """End the attempt that `delivery.attempts` counts; False when another attempt has begun since."""

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        """Pending deliveries whose time has come, longest overdue first."""


class DeliveryQueue(Protocol):
    """Wakes the worker; the truth about when is in the row."""

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None: ...


class HttpSender(Protocol):
    """One POST to a stranger."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Never raises for what the other side does, or is."""


class JobViews(Protocol):
    """A job as its account's webhook carries it."""

    def webhook_data(self, job_id: JobId) -> Mapping[str, Any] | None:
        """JSON-ready, result URLs signed now; None when the job is gone."""


class AccountSecrets(Protocol):
    """What signs webhooks of jobs with a `webhook_url` of their own."""

    def webhook_secret(self, account_id: AccountId) -> str | None: ...


class OutboxStore(Protocol):
    """Rows that wait to be published; they are written inside other stores' transactions."""

    def older_than(self, moment: datetime) -> Iterable[OutboxRow]: ...

    def delete(self, row_id: OutboxId) -> None: ...


class EventBus(Protocol):
    """Where facts are told."""

    def publish(self, event: Envelope) -> None: ...


class Workflows(Protocol):
    """Executions, named after what they are about: starting or stopping twice is harmless."""

    def start_job(self, job_id: JobId) -> None: ...

    def stop_job(self, job_id: JobId) -> None: ...

    def start_analysis(self, asset_id: AssetId) -> None: ...
