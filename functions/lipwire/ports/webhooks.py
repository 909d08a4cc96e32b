"""What webhooks and the outbox ask of the world."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from lipwire.domain.events import Envelope
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, EndpointId, JobId
from lipwire.domain.outbox import OutboxId, OutboxRow
from lipwire.domain.views import Page
from lipwire.domain.webhooks import (
    Answer,
    Attempt,
    Delivery,
    DeliveryFilter,
    DeliveryId,
    Lane,
    VendorMessage,
    WebhookEndpoint,
)


class EndpointStore(Protocol):
    """An account's webhook endpoints."""

    def add(self, endpoint: WebhookEndpoint, *, also: Also | None = None) -> None:
        """Keyed by the new id; with what else belongs into the same transaction."""

    def get(self, account_id: AccountId, endpoint_id: EndpointId) -> WebhookEndpoint | None: ...

    def list(self, account_id: AccountId) -> tuple[WebhookEndpoint, ...]:
        """All of them, oldest first."""

    def replace(
        self, endpoint: WebhookEndpoint, *, afresh: bool = False, also: Also | None = None
    ) -> WebhookEndpoint:
        """Write the owner's change of the version that was read; gives the endpoint with its next version.

        Failures counted meanwhile stay as they are; `afresh` forgets them all.

        Raises:
            ConcurrentChangeError: changed, disabled or deleted since it was read.
        """

    def delete(self, account_id: AccountId, endpoint_id: EndpointId) -> None:
        """Raises `EndpointNotFoundError` when it is not there."""

    def disable(self, endpoint: WebhookEndpoint, *, reason: str, at: datetime) -> bool:
        """Once, with `WebhookEndpointDisabled` in the same transaction.

        False when it was disabled, gone, or at another URL than `endpoint` says: of that one nothing is known.
        """

    def note_failure(
        self, endpoint: WebhookEndpoint, *, at: datetime, deliveries: int
    ) -> WebhookEndpoint | None:
        """Failing since `at` or before, `deliveries` more; None when the endpoint is gone, or at another URL."""

    def note_success(self, endpoint: WebhookEndpoint) -> None:
        """Not failing any more, unless it is at another URL."""


class DeliveryStore(Protocol):
    """Deliveries and their attempts.

    At most `IN_FLIGHT` attempts of one account run at once in each lane. Places are leased like attempts, so a worker
    that dies gives its place back in time.
    """

    def add(self, delivery: Delivery, *, also: Also | None = None) -> bool:
        """Keyed by the delivery's id: False when the row was there, whatever has become of it.

        Raises:
            AccountNotFoundError: its account is closed.
        """

    def add_all(self, deliveries: Sequence[Delivery], *, also: Also | None = None) -> None:
        """Many new ones of an account in few writes; with `also` in one, of at most `ADDED_WITH_ANSWER`.

        Raises:
            ConcurrentChangeError: one was there; some of the others may have been added.
        """

    def get(self, account_id: AccountId, delivery_id: DeliveryId) -> Delivery | None: ...

    def attempts(self, delivery_id: DeliveryId) -> tuple[Attempt, ...]:
        """In order; one whose worker died is missing."""

    def log(
        self, account_id: AccountId, wanted: DeliveryFilter, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """Newest first; a page may hold fewer than `limit` and still have a next one.

        Raises:
            InvalidCursorError: not a cursor of this account's list.
        """

    def claim(self, delivery_id: DeliveryId, *, at: datetime, until: datetime) -> Delivery | None:
        """Begin an attempt: counted now, its place in flight leased until then, the next one as `begun` says.

        None when it is not due, not pending, or its account has as many in flight as it may: then it stays due, and
        whoever gives a place back wakes it.
        """

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        """End the attempt that `delivery.attempts` counts; False when another attempt has begun since."""

    def release(self, claimed: Delivery) -> None:
        """Give the place in flight back that the claim took."""

    def due(
        self, account_id: AccountId, lane: Lane, *, at: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        """Deliveries of the account whose time has come, longest overdue first; may lag a moment."""

    def waiting_accounts(self, *, at: datetime, limit: int) -> tuple[AccountId, ...]:
        """Accounts with pending deliveries that nobody looked after lately, longest neglected first."""

    def looked_after(self, account_id: AccountId, *, at: datetime) -> None:
        """Not to be named by `waiting_accounts` for a minute, and no more while nothing is pending."""


class DeliveryQueue(Protocol):
    """Wakes the worker; the truth about when is in the row."""

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None: ...

    def wake_all(self, deliveries: Sequence[Delivery]) -> None:
        """Many, now.

        Raises:
            BusyError: some were not woken.
        """


class HttpSender(Protocol):
    """One POST to a stranger."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Never raises for what the other side does, or is."""


class JobViews(Protocol):
    """A job as its account's webhook carries it."""

    def webhook_data(self, account_id: AccountId, job_id: JobId) -> Mapping[str, Any] | None:
        """JSON-ready, result URLs signed now; None when the job is gone, or not this account's."""

    def vendor_message(self, delivery: Delivery) -> VendorMessage | None:
        """The same in the words of the delivery's format."""


class AccountSecrets(Protocol):
    """What signs webhooks of jobs with a `webhook_url` of their own."""

    def webhook_secrets(self, account_id: AccountId, at: datetime) -> tuple[str, ...]:
        """All that sign at that moment, the current one first; none where the account is gone."""


class OutboxStore(Protocol):
    """Rows that wait to be published; they are written inside other stores' transactions."""

    def older_than(self, moment: datetime) -> Iterable[OutboxRow]:
        """Raises `InternalError` with their ids as `rows`, after the last, where there are others that can't be read."""

    def delete(self, row_id: OutboxId) -> None: ...


class EventBus(Protocol):
    """Where facts are told."""

    def publish(self, event: Envelope) -> None: ...


class Workflows(Protocol):
    """Executions, named after what they are about: starting or stopping twice is harmless."""

    def start_job(self, job_id: JobId) -> None: ...

    def stop_job(self, job_id: JobId) -> None: ...

    def start_analysis(self, asset_id: AssetId, *, is_fetched: bool = False) -> None: ...
