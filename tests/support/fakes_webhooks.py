"""Small fakes of the ports of webhooks and the outbox."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from lipwire.domain.errors import EndpointNotFoundError, LipwireError
from lipwire.domain.events import Envelope
from lipwire.domain.outbox import OutboxRow
from lipwire.domain.webhooks import (
    Answer,
    Attempt,
    Delivery,
    DeliveryStatus,
    EndpointStatus,
    WebhookEndpoint,
)
from tests.support.builders import ACCOUNT, NOW

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # 32 bytes


def an_endpoint(number: int = 1, **changes: object) -> WebhookEndpoint:
    """An enabled endpoint that wants everything."""
    values = {
        "id": f"whe_{number:026d}",
        "account_id": ACCOUNT,
        "url": f"https://hooks{number}.example.com/lipwire",
        "secret": SECRET,
        "created_at": NOW,
    }
    return WebhookEndpoint.model_validate(values | changes)


def a_delivery(**changes: object) -> Delivery:
    """A delivery whose first attempt has begun."""
    values = {
        "id": f"dlv_{0:026d}",
        "account_id": ACCOUNT,
        "event_id": f"evt_{0:026d}",
        "type": "job.succeeded",
        "occurred_at": NOW,
        "job_id": f"job_{0:026d}",
        "attempts": 1,
        "next_attempt_at": NOW,
        "created_at": NOW,
    }
    return Delivery.model_validate(values | changes)


class FakeEndpoints:
    """Endpoints in memory."""

    def __init__(self, *endpoints: WebhookEndpoint) -> None:
        self.rows = {endpoint.id: endpoint for endpoint in endpoints}
        self.disabled: list[tuple[str, str]] = []

    def add(self, endpoint: WebhookEndpoint) -> None:
        self.rows[endpoint.id] = endpoint

    def get(self, account_id: str, endpoint_id: str) -> WebhookEndpoint | None:
        found = self.rows.get(endpoint_id)  # type: ignore[call-overload]
        return found if found and found.account_id == account_id else None

    def list(self, account_id: str) -> tuple[WebhookEndpoint, ...]:
        return tuple(row for row in self.rows.values() if row.account_id == account_id)

    def delete(self, account_id: str, endpoint_id: str) -> None:
        if self.get(account_id, endpoint_id) is None:
            raise EndpointNotFoundError
        del self.rows[endpoint_id]  # type: ignore[arg-type]

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        changes = {"status": EndpointStatus.DISABLED, "disabled_reason": reason}
        self.rows[endpoint.id] = endpoint.model_copy(update=changes)
        self.disabled.append((endpoint.id, reason))
        return True


class FakeDeliveries:
    """Deliveries in memory, with the store's conditions."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.rows = {delivery.id: delivery for delivery in deliveries}
        self.attempts: list[Attempt] = []

    def add(self, delivery: Delivery) -> bool:
        return self.rows.setdefault(delivery.id, delivery) is delivery

    def claim(self, delivery_id: str, *, at: datetime, until: datetime) -> Delivery | None:
        row = self.rows.get(delivery_id)  # type: ignore[call-overload]
        if row is None or row.status is not DeliveryStatus.PENDING or row.next_attempt_at > at:
            return None
        claimed = row.model_copy(update={"attempts": row.attempts + 1, "next_attempt_at": until})
        self.rows[row.id] = claimed
        return claimed

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        row = self.rows[delivery.id]
        if row.status is not DeliveryStatus.PENDING or row.attempts != delivery.attempts:
            return False
        self.rows[delivery.id] = delivery
        self.attempts += [attempt] if attempt else []
        return True

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        pending = [row for row in self.rows.values() if row.status is DeliveryStatus.PENDING]
        ready = [row for row in pending if row.next_attempt_at <= at]
        return tuple(sorted(ready, key=lambda row: row.next_attempt_at)[:limit])


class FakeQueue:
    """Remembers who was woken, and when that would be."""

    def __init__(self) -> None:
        self.woken: list[tuple[str, int]] = []

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None:
        self.woken.append((delivery.id, delay_s))


class FakeSender:
    """A receiver that answers what it is told to, then 200 for ever."""

    def __init__(self, *answers: Answer, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []
        self.meanwhile = meanwhile

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        self.sent.append((url, headers, body))
        self.meanwhile()
        return self.answers.pop(0) if self.answers else Answer(status=200)


class FakeViews:
    """A view of every job but those that are gone."""

    def __init__(self, *gone: str) -> None:
        self.gone = gone

    def webhook_data(self, job_id: str) -> Mapping[str, Any] | None:
        return None if job_id in self.gone else {"id": job_id, "name": "Zoë 🎬", "progress": 100}


class FakeSecrets:
    """One secret for every account."""

    def webhook_secret(self, account_id: str) -> str | None:
        return SECRET


class FakeOutbox:
    """Rows in memory."""

    def __init__(self, *rows: OutboxRow) -> None:
        self.rows = {row.id: row for row in rows}

    def older_than(self, moment: datetime) -> Iterable[OutboxRow]:
        return [row for row in self.rows.values() if row.created_at < moment]

    def delete(self, row_id: str) -> None:
        self.rows.pop(row_id, None)  # type: ignore[call-overload]


class FakeWorld:
    """Bus and workflows at once: a log of what was done; fails while `failing` says so."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.failing: LipwireError | None = None

    def publish(self, event: Envelope) -> None:
        self._note("publish", event.metadata.id)

    def start_job(self, job_id: str) -> None:
        self._note("start_job", job_id)

    def stop_job(self, job_id: str) -> None:
        self._note("stop_job", job_id)

    def start_analysis(self, asset_id: str) -> None:
        self._note("start_analysis", asset_id)

    def _note(self, what: str, about: str) -> None:
        if self.failing:
            raise self.failing
        self.log.append((what, about))
