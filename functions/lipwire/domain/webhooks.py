"""Webhooks: endpoints, deliveries, the retry schedule, and signing after Standard Webhooks 1.0."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final, Literal, NewType

from pydantic import BaseModel, ConfigDict

from lipwire.domain.events import EventData, JobCanceled, JobFailed, JobSucceeded
from lipwire.domain.ids import ALPHABET, AccountId, EndpointId, EventId, JobId

DeliveryId = NewType("DeliveryId", str)

#: What a receiver is told of each event; the words are part of the API.
WEBHOOK_TYPES: Final[dict[type[EventData], str]] = {
    JobSucceeded: "job.succeeded",
    JobFailed: "job.failed",
    JobCanceled: "job.canceled",
}

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
_JITTER_PERMILLE: Final = 100
_RETRY_AFTER_BOUNDS: Final = (timedelta(seconds=1), timedelta(hours=24))
#: Answers that may say when to come back.
_SLOW_DOWN: Final = frozenset({429, 502, 503, 504})
_GONE: Final = 410

_SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # the published prefix of secrets, not one
_SECRET_BYTES: Final = range(24, 65)


class EndpointStatus(StrEnum):
    """Only enabled endpoints are told."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class WebhookEndpoint(BaseModel):
    """A URL, its secret and the types it wants to be told of; no types means all."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: EndpointId
    account_id: AccountId
    url: str
    secret: str
    event_types: tuple[str, ...] = ()
    description: str = ""
    status: EndpointStatus = EndpointStatus.ENABLED
    disabled_reason: str | None = None
    created_at: datetime

    def wants(self, webhook_type: str) -> bool:
        """Whether it is to be told of this type now."""
        chosen = not self.event_types or webhook_type in self.event_types
        return chosen and self.status is EndpointStatus.ENABLED


class DeliveryStatus(StrEnum):
    """A delivery's life; all but `pending` are final."""

    PENDING = "pending"
    DELIVERED = "delivered"
    #: Every attempt of the schedule failed.
    EXHAUSTED = "exhausted"
    #: Nobody is left to tell, or nothing is left to say.
    DROPPED = "dropped"


class Delivery(BaseModel):
    """One event owed to one endpoint, or to the one-off URL of the job it is about."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: DeliveryId
    account_id: AccountId
    event_id: EventId
    #: The webhook's `type`, such as `job.succeeded`.
    type: str
    occurred_at: datetime
    job_id: JobId
    endpoint_id: EndpointId | None = None
    url: str | None = None
    status: DeliveryStatus = DeliveryStatus.PENDING
    #: Counted when an attempt begins, so an attempt that never ends counts too.
    attempts: int = 0
    #: When to try next; while an attempt runs, when it will have been given up.
    next_attempt_at: datetime
    created_at: datetime
    #: Why it was dropped.
    reason: str | None = None


class Answer(BaseModel):
    """What came of one HTTP request: a status, or a word for why there is none."""

    model_config = ConfigDict(frozen=True)

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


class Attempt(BaseModel):
    """One try of a delivery, as the log keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    delivery_id: DeliveryId
    number: int
    at: datetime
    answer: Answer


def delivery_id(event_id: EventId, target: str) -> DeliveryId:
    """The one delivery of this event to this target: a repeated event finds the row that is there."""
    digest = int.from_bytes(hashlib.sha256(f"{event_id}\n{target}".encode()).digest()[:16])
    return DeliveryId(
        "dlv_" + "".join(ALPHABET[(digest >> shift) & 31] for shift in range(125, -1, -5))
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
    if delay is None:
        return delivery.model_copy(update={"status": DeliveryStatus.EXHAUSTED})
    if answer.status in _SLOW_DOWN:
        delay = max(delay, retry_after(answer.retry_after, at=at) or delay)
    return delivery.model_copy(update={"next_attempt_at": at + delay})


def dropped(delivery: Delivery, reason: str) -> Delivery:
    """The delivery, given up for a reason that is not the receiver's failure."""
    return delivery.model_copy(update={"status": DeliveryStatus.DROPPED, "reason": reason})


def next_delay(attempts: int, *, randomness: int) -> timedelta | None:
    """How long to wait after that many attempts, spread by +-10 % of it; None when there is none left."""
    if attempts >= len(SCHEDULE):
        return None
    permille = 1000 + randomness % (2 * _JITTER_PERMILLE + 1) - _JITTER_PERMILLE
    return SCHEDULE[attempts] * permille / 1000


def retry_after(header: str | None, *, at: datetime) -> timedelta | None:
    """A `Retry-After` (seconds or an HTTP date) within 1 s and 24 h; None when it says nothing usable."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,12}", header):
        wanted = timedelta(seconds=min(int(header), 10**6))
    else:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        wanted = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    least, most = _RETRY_AFTER_BOUNDS
    return min(max(wanted, least), most)


def new_secret(randomness: int) -> str:
    """A signing secret of 256 bits."""
    return _SECRET_PREFIX + base64.b64encode(randomness.to_bytes(32)).decode()


def signed_headers(
    message_id: str, body: bytes, *, secrets: Sequence[str], at: datetime
) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0 over exactly these bytes, one signature per secret.

    `at` is the attempt's time: receivers refuse what is older than five minutes, so a retry is signed anew.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError("a webhook secret is `whsec_` and base64") from exc
    if len(key) not in _SECRET_BYTES:
        raise ValueError("a webhook secret holds 24 to 64 bytes")
    return key
