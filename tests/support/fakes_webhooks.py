"""Small fakes of the ports of webhooks and the outbox."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lipwire.domain.errors import ConcurrentChangeError, EndpointNotFoundError, LipwireError
from lipwire.domain.events import Envelope
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId
from lipwire.domain.outbox import OutboxRow
from lipwire.domain.views import Page
from lipwire.domain.webhooks import (
    IN_FLIGHT,
    Answer,
    Attempt,
    Delivery,
    DeliveryFilter,
    EndpointStatus,
    Lane,
    WebhookEndpoint,
    begun,
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
    """Endpoints in memory, with the store's conditions."""

    def __init__(self, *endpoints: WebhookEndpoint) -> None:
        self.rows = {endpoint.id: endpoint for endpoint in endpoints}
        self.disabled: list[tuple[str, str]] = []

    def add(self, endpoint: WebhookEndpoint, *, also: Also | None = None) -> None:
        if also is not None:
            also(self)
        self.rows[endpoint.id] = endpoint

    def get(self, account_id: str, endpoint_id: str) -> WebhookEndpoint | None:
        found = self.rows.get(endpoint_id)  # type: ignore[call-overload]
        return found if found and found.account_id == account_id else None

    def list(self, account_id: str) -> tuple[WebhookEndpoint, ...]:
        return tuple(row for row in self.rows.values() if row.account_id == account_id)

    def replace(
        self, endpoint: WebhookEndpoint, *, afresh: bool = False, also: Also | None = None
    ) -> WebhookEndpoint:
        if also is not None:
            also(self)
        stored = self.rows.get(endpoint.id)
        if stored is None or stored.version != endpoint.version:
            raise ConcurrentChangeError
        counted = {"failing_since": stored.failing_since, "failures": stored.failures}
        changes = {"version": endpoint.version + 1, **({} if afresh else counted)}
        self.rows[endpoint.id] = endpoint.model_copy(update=changes)
        return self.rows[endpoint.id]

    def delete(self, account_id: str, endpoint_id: str) -> None:
        if self.get(account_id, endpoint_id) is None:
            raise EndpointNotFoundError
        del self.rows[endpoint_id]  # type: ignore[arg-type]

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        stored = self.rows.get(endpoint.id)
        if stored is None or stored.status is EndpointStatus.DISABLED:
            return False
        if stored.url != endpoint.url:
            return False
        changes = {"status": EndpointStatus.DISABLED, "disabled_reason": reason, "disabled_at": at}
        version = {"version": stored.version + 1}
        self.rows[endpoint.id] = stored.model_copy(update=changes | version)
        self.disabled.append((endpoint.id, reason))
        return True

    def note_failure(
        self, endpoint: WebhookEndpoint, *, at: datetime, deliveries: int
    ) -> WebhookEndpoint | None:
        stored = self.rows.get(endpoint.id)
        if stored is None or stored.url != endpoint.url:
            return None
        since = stored.failing_since or at
        changes = {"failing_since": since, "failures": stored.failures + deliveries}
        self.rows[endpoint.id] = stored.model_copy(update=changes)
        return self.rows[endpoint.id]

    def note_success(self, endpoint: WebhookEndpoint) -> None:
        stored = self.rows[endpoint.id]
        if stored.url == endpoint.url:
            forgotten = {"failing_since": None, "failures": 0}
            self.rows[endpoint.id] = stored.model_copy(update=forgotten)


class FakeDeliveries:
    """Deliveries in memory, with the store's conditions; `places` are those of one account in each lane."""

    def __init__(self, *deliveries: Delivery, places: int | None = None) -> None:
        self.rows: dict[str, Delivery] = {}
        self.attempted: list[Attempt] = []
        self.places = {lane: places or IN_FLIGHT[lane] for lane in Lane}
        #: (account, lane) -> place -> who holds it until when.
        self.flights: dict[tuple[str, Lane], dict[int, tuple[str, datetime]]] = {}
        #: (account, lane) -> pending deliveries.
        self.pending: dict[tuple[str, Lane], dict[str, datetime]] = {}
        self.clocks: dict[str, datetime] = {}
        for delivery in deliveries:
            self.add(delivery)

    def add(self, delivery: Delivery, *, also: Also | None = None) -> bool:
        if delivery.id in self.rows:
            return False
        if also is not None:
            also(self)
        self._put(delivery)
        return True

    def add_all(self, deliveries: Sequence[Delivery], *, also: Also | None = None) -> None:
        if also is not None:
            also(self)
        for delivery in deliveries:
            if not self.add(delivery):
                raise ConcurrentChangeError

    def get(self, account_id: str, delivery_id: str) -> Delivery | None:
        found = self.rows.get(delivery_id)
        return found if found is not None and found.account_id == account_id else None

    def attempts(self, delivery_id: str) -> tuple[Attempt, ...]:
        return tuple(one for one in self.attempted if one.delivery_id == delivery_id)

    def log(
        self, account_id: str, wanted: DeliveryFilter, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        mine = [row for row in self.rows.values() if row.account_id == account_id]
        mine.sort(key=lambda row: (row.created_at, row.id), reverse=True)
        found = [row for row in mine if wanted.takes(row)]
        start = int(cursor or 0)
        following = str(start + limit) if len(found) > start + limit else None
        return Page(tuple(found[start : start + limit]), following)

    def claim(self, delivery_id: str, *, at: datetime, until: datetime) -> Delivery | None:
        row = self.rows.get(delivery_id)
        if row is None or row.is_final or row.next_attempt_at > at:
            return None
        held = self.flights.setdefault((row.account_id, row.lane), {})
        free = (n for n in range(self.places[row.lane]) if n not in held or held[n][1] <= at)
        place = next(free, None)
        if place is None:
            return None
        claimed = begun(row, at=at, until=until, flight=place)
        held[place] = (f"{claimed.id}#{claimed.attempts}", until)
        self._put(claimed)
        return claimed

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        row = self.rows[delivery.id]
        if row.is_final or row.attempts != delivery.attempts:
            return False
        self._put(delivery.model_copy(update={"flight": None}))
        self.attempted += [attempt] if attempt else []
        return True

    def release(self, claimed: Delivery) -> None:
        held = self.flights[claimed.account_id, claimed.lane]
        holder, _ = held.get(claimed.flight or 0, ("", claimed.next_attempt_at))
        if holder == f"{claimed.id}#{claimed.attempts}":
            del held[claimed.flight or 0]

    def due(self, account_id: str, lane: Lane, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        pending = self.pending.get((account_id, lane), {})
        ready = ((when, one) for one, when in pending.items() if when <= at)
        return tuple(self.rows[one] for _, one in heapq.nsmallest(limit, ready))

    def waiting_accounts(self, *, at: datetime, limit: int) -> tuple[AccountId, ...]:
        waiting = sorted((when, one) for one, when in self.clocks.items() if when <= at)
        return tuple(AccountId(one) for _, one in waiting[:limit])

    def looked_after(self, account_id: str, *, at: datetime) -> None:
        self.clocks[account_id] = at + timedelta(minutes=1)
        if not any(self.pending.get((account_id, lane)) for lane in Lane):
            del self.clocks[account_id]

    def _put(self, delivery: Delivery) -> None:
        self.rows[delivery.id] = delivery
        pending = self.pending.setdefault((delivery.account_id, delivery.lane), {})
        if delivery.is_final:
            pending.pop(delivery.id, None)
        else:
            pending[delivery.id] = delivery.next_attempt_at
            self.clocks.setdefault(delivery.account_id, delivery.next_attempt_at)


class FakeQueue:
    """Remembers who was woken, and when that would be."""

    def __init__(self) -> None:
        self.woken: list[tuple[str, int]] = []

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None:
        self.woken.append((delivery.id, delay_s))

    def wake_all(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self.wake(delivery)


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

    def webhook_data(self, account_id: str, job_id: str) -> Mapping[str, Any] | None:
        return None if job_id in self.gone else {"id": job_id, "name": "Zoë 🎬", "progress": 100}


class FakeSecrets:
    """One secret for every account."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets or (SECRET,)

    def webhook_secrets(self, account_id: str, at: datetime) -> tuple[str, ...]:
        return self.secrets

    def account(self, account_id: str) -> None:
        """The secret is all that is known of it."""


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

    def start_analysis(self, asset_id: str, *, is_fetched: bool = False) -> None:
        self._note("start_fetch" if is_fetched else "start_analysis", asset_id)

    def _note(self, what: str, about: str) -> None:
        if self.failing:
            raise self.failing
        self.log.append((what, about))
