"""Webhooks: endpoints, deliveries and the retry schedule."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final, Literal, NamedTuple, NewType

from pydantic import ConfigDict, JsonValue

from lipwire.domain.events import (
    ApiKeyRevoked,
    BalanceLow,
    BatchCompleted,
    EventData,
    JobCanceled,
    JobFailed,
    JobRenderingStarted,
    JobSucceeded,
    WebhookEndpointDisabled,
)
from lipwire.domain.ids import ALPHABET, AccountId, EndpointId, EventId, JobId
from lipwire.domain.model import Model
from lipwire.domain.signing import OldSecret, retired, signing

DeliveryId = NewType("DeliveryId", str)

#: What a receiver is told of each event; the words are part of the API.
WEBHOOK_TYPES: Final[dict[type[EventData], str]] = {
    JobRenderingStarted: "job.started",
    JobSucceeded: "job.succeeded",
    JobFailed: "job.failed",
    JobCanceled: "job.canceled",
    BatchCompleted: "batch.completed",
    WebhookEndpointDisabled: "endpoint.disabled",
    ApiKeyRevoked: "key.revoked",
    BalanceLow: "balance.low",
}
#: Told only to endpoints that name it, or whose format has a word for it.
ON_REQUEST: Final = frozenset({"job.started"})
#: The format that is not a vendor's.
NATIVE: Final = "native"
#: Sent when an account asks for it, whatever the endpoint's filter says.
TEST_TYPE: Final = "webhook.test"

#: How long after the attempt before it each attempt comes: ten in about 75 hours (the standard's own schedule).
SCHEDULE: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: Half of what an attempt may be off its step (10 %): the other half is for the sweeper, which looks once a minute.
_JITTER_PERMILLE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: What is kept of a receiver's answer.
_EXCERPT_BYTES: Final = 256
_RETRY_AFTER_BOUNDS: Final = (timedelta(seconds=1), timedelta(hours=24))
#: Answers that may say when to come back.
_SLOW_DOWN: Final = frozenset({429, 502, 503, 504})
_GONE: Final = 410

#: An endpoint that only failed for this long, in at least so many deliveries, is not told any more.
GIVE_UP_AFTER: Final = timedelta(days=5)
GIVE_UP_FAILURES: Final = 10


class EndpointStatus(StrEnum):
    """Only enabled endpoints are told."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class WebhookEndpoint(Model):
    """A URL, its secret and the types it wants to be told of; no types means all."""

    id: EndpointId
    account_id: AccountId
    url: str
    secret: str
    event_types: tuple[str, ...] = ()
    #: Whose words it is told in: ours, or those of the dialect its jobs were made in.
    format: str = NATIVE
    description: str = ""
    status: EndpointStatus = EndpointStatus.ENABLED
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    old_secrets: tuple[OldSecret, ...] = ()
    #: Since when nothing but failures came back, and how many deliveries' first attempts are among them.
    failing_since: datetime | None = None
    failures: int = 0
    #: Counts the owner's changes and the end by `disable`: of two changes at once, one is refused.
    version: int = 0
    created_at: datetime

    def secrets(self, at: datetime) -> tuple[str, ...]:
        """All that sign at that moment, the current one first."""
        return signing(self.secret, self.old_secrets, at=at)

    def rotated(self, secret: str, *, at: datetime, overlap: timedelta) -> "WebhookEndpoint":
        """The endpoint with a new secret; those before sign on until their time is over."""
        old = retired(self.secret, self.old_secrets, at=at, overlap=overlap)
        return self.model_copy(update={"secret": secret, "old_secrets": old})

    def is_hopeless(self, at: datetime) -> bool:
        """Whether it failed for so long, and so often, that telling it is of no use."""
        if self.failing_since is None or self.failures < GIVE_UP_FAILURES:
            return False
        return at - self.failing_since >= GIVE_UP_AFTER

    def wants(self, webhook_type: str) -> bool:
        """Whether it is to be told of this type now."""
        wanted = self.format != NATIVE or webhook_type not in ON_REQUEST
        chosen = webhook_type in self.event_types if self.event_types else wanted
        return chosen and self.status is EndpointStatus.ENABLED


class Lane(StrEnum):
    """Deliveries of one account wait in two lines: what is asked for again never delays what is new."""

    LIVE = "live"
    REPLAY = "replay"


#: How many attempts of one account run at once, in each lane. A slow receiver of one account holds up no other's.
IN_FLIGHT: Final[dict[Lane, int]] = {Lane.LIVE: 10, Lane.REPLAY: 3}


class DeliveryStatus(StrEnum):
    """A delivery's life; all but `pending` are final."""

    PENDING = "pending"
    DELIVERED = "delivered"
    #: Every attempt of the schedule failed.
    EXHAUSTED = "exhausted"
    #: Nobody is left to tell, or nothing is left to say.
    DROPPED = "dropped"


class Delivery(Model):
    """One event owed to one endpoint, or to the one-off URL of the job it is about."""

    id: DeliveryId
    account_id: AccountId
    event_id: EventId
    #: The webhook's `type`, such as `job.succeeded`.
    type: str
    occurred_at: datetime
    #: What it is about: a job, read at each attempt, or else the event's own data.
    job_id: JobId | None = None
    data: dict[str, JsonValue] | None = None
    endpoint_id: EndpointId | None = None
    url: str | None = None
    #: Whose words it is told in.
    format: str = NATIVE
    #: The delivery that was asked for again.
    replay_of: DeliveryId | None = None
    max_attempts: int = len(SCHEDULE)
    status: DeliveryStatus = DeliveryStatus.PENDING
    #: Counted when an attempt begins, so an attempt that never ends counts too.
    attempts: int = 0
    #: When to try next; while an attempt runs, when to try should it never end.
    next_attempt_at: datetime
    created_at: datetime
    #: Why it was dropped.
    reason: str | None = None
    #: Which of its account's places in flight it holds while an attempt runs.
    flight: int | None = None

    @property
    def lane(self) -> Lane:
        """The line it waits in."""
        return Lane.LIVE if self.replay_of is None else Lane.REPLAY

    @property
    def sequence(self) -> int:
        """Microseconds since 1970 of the event: of two messages about one thing, the larger is the later."""
        return (self.occurred_at - _EPOCH) // timedelta(microseconds=1)

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status is not DeliveryStatus.PENDING


class VendorMessage(NamedTuple):
    """What a vendor tells of a job, and how it signs that."""

    #: None, where this vendor tells nothing of such an event.
    payload: Mapping[str, object] | None
    #: Its own signature headers over the body, made with a secret at a moment.
    sign: Callable[[bytes, str, datetime], Mapping[str, str]]


class DeliveryFilter(Model):
    """Which deliveries of an account; what is None does not matter."""

    model_config = ConfigDict(extra="forbid")

    endpoint_id: EndpointId | None = None
    statuses: frozenset[DeliveryStatus] | None = None
    #: Owed from then on, and before then.
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, delivery: Delivery) -> bool:
        """Whether it is one of those."""
        return (
            (self.endpoint_id is None or delivery.endpoint_id == self.endpoint_id)
            and (self.statuses is None or delivery.status in self.statuses)
            and (self.since is None or delivery.created_at >= self.since)
            and (self.until is None or delivery.created_at < self.until)
        )


class Answer(Model):
    """What came of one HTTP request: a status, or a word for why there is none."""

    status: int | None = None
    error: Literal["timeout", "unreachable"] | None = None
    retry_after: str | None = None
    #: The receiver's `webhook-delivery` header: `abort-message` or `disable`.
    directive: str | None = None
    #: The first printable characters of the body, for the delivery log.
    excerpt: str = ""
    elapsed_ms: int = 0

    @property
    def is_success(self) -> bool:
        """Only 2xx; a redirect is a failure and never followed."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def disables(self) -> bool:
        """Whether the receiver wants no more, ever."""
        return self.status == _GONE or self.directive == "disable"

    @property
    def is_refusal(self) -> bool:
        """Whether the receiver wants this message no more, whatever else it wants."""
        return not self.is_success and (self.disables or self.directive == "abort-message")


class Attempt(Model):
    """One try of a delivery, as the log keeps it."""

    delivery_id: DeliveryId
    number: int
    at: datetime
    answer: Answer


def attempt_of(delivery: Delivery, answer: Answer, *, at: datetime) -> Attempt:
    """The attempt for the log, with at most 256 printable bytes of what the receiver said."""
    text = "".join(char if char.isprintable() else " " for char in answer.excerpt)
    kept = text.encode()[:_EXCERPT_BYTES].decode(errors="ignore")
    return Attempt(
        delivery_id=delivery.id,
        number=delivery.attempts,
        at=at,
        answer=answer.model_copy(update={"excerpt": kept}),
    )


def delivery_id(event_id: EventId, target: str) -> DeliveryId:
    """The one delivery of this event to this target: a repeated event finds the row that is there."""
    digest = int.from_bytes(hashlib.sha256(f"{event_id}\n{target}".encode()).digest()[:16])
    return DeliveryId(
        "dlv_" + "".join(ALPHABET[(digest >> shift) & 31] for shift in range(125, -1, -5))
    )


def begun(delivery: Delivery, *, at: datetime, until: datetime, flight: int) -> Delivery:
    """The delivery with one more attempt, leased until then.

    Should nobody conclude it, the next one comes when the schedule says so, as after any failure: a fault of ours that
    lasts for an hour then costs four attempts and not forty.
    """
    attempts = delivery.attempts + 1
    has_more = attempts < min(delivery.max_attempts, len(SCHEDULE))
    following = max(until, at + SCHEDULE[attempts]) if has_more else until
    return delivery.model_copy(
        update={"attempts": attempts, "next_attempt_at": following, "flight": flight}
    )


def conclude(delivery: Delivery, answer: Answer, *, at: datetime, randomness: int) -> Delivery:
    """The delivery after an attempt: delivered, dropped, exhausted, or pending with the time of the next."""
    if answer.is_success:
        return delivery.model_copy(update={"status": DeliveryStatus.DELIVERED})
    if answer.disables:
        return dropped(delivery, "receiver gone")
    if answer.directive == "abort-message":
        return dropped(delivery, "receiver refused")
    delay = next_delay(delivery.attempts, randomness=randomness)
    if delay is None or delivery.attempts >= delivery.max_attempts:
        return delivery.model_copy(update={"status": DeliveryStatus.EXHAUSTED})
    if answer.status in _SLOW_DOWN:
        delay = max(delay, retry_after(answer.retry_after, at=at) or delay)
    return delivery.model_copy(update={"next_attempt_at": at + delay})


def dropped(delivery: Delivery, reason: str) -> Delivery:
    """The delivery, given up for a reason that is not the receiver's failure."""
    return delivery.model_copy(update={"status": DeliveryStatus.DROPPED, "reason": reason})


def replayed(delivery: Delivery, *, key: str, at: datetime) -> Delivery:
    """The same event for the same target, owed anew; its id comes of `key`, which each replay draws afresh."""
    return delivery.model_copy(
        update={
            "id": delivery_id(delivery.event_id, key),
            "replay_of": delivery.id,
            "created_at": at,
            "status": DeliveryStatus.PENDING,
            "attempts": 0,
            "reason": None,
            "flight": None,
            "next_attempt_at": at,
        }
    )


def next_delay(attempts: int, *, randomness: int) -> timedelta | None:
    """How long to wait after that many attempts, spread by +-5 % of it; None when there is none left.

    In whole seconds, as queues count.
    """
    if attempts >= len(SCHEDULE):
        return None
    permille = 1000 + randomness % (2 * _JITTER_PERMILLE + 1) - _JITTER_PERMILLE
    return timedelta(seconds=round(SCHEDULE[attempts] * permille / timedelta(seconds=1000)))


def retry_after(header: str | None, *, at: datetime) -> timedelta | None:
    """A `Retry-After` (seconds or an HTTP date) within 1 s and 24 h; None when it says nothing usable."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,12}", header):
        wanted = timedelta(seconds=min(int(header), 10**6))
    else:
        try:
            moment = parsedate_to_datetime(header)
            wanted = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
        except (ValueError, OverflowError):
            return None
    least, most = _RETRY_AFTER_BOUNDS
    return min(max(wanted, least), most)
