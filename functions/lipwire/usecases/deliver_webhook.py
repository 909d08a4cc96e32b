"""One attempt of one delivery."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.signing import signed_headers
from lipwire.domain.webhooks import (
    IN_FLIGHT,
    NATIVE,
    TEST_TYPE,
    Answer,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    EndpointStatus,
    VendorMessage,
    WebhookEndpoint,
    attempt_of,
    conclude,
    dropped,
)
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import (
    AccountSecrets,
    DeliveryQueue,
    DeliveryStore,
    EndpointStore,
    HttpSender,
    JobViews,
)

#: Longer than the function may run (60 s), so that an attempt is given up only when its function is surely gone.
LEASE: Final = timedelta(seconds=90)
#: What a queue can hold back; longer waits are ended by the sweeper.
MAX_QUEUE_DELAY: Final = timedelta(seconds=900)
USER_AGENT: Final = "Lipwire-Webhooks/1"


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a delivery goes now, and what signs it."""

    url: str
    secrets: tuple[str, ...]
    endpoint: WebhookEndpoint | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The delivery as it stands after this attempt; the attempt, and whose it was, if there was one."""

    delivery: Delivery
    attempt: Attempt | None = None
    endpoint: WebhookEndpoint | None = None


def deliver_webhook(
    delivery_id: DeliveryId,
    *,
    deliveries: DeliveryStore,
    endpoints: EndpointStore,
    secrets: AccountSecrets,
    views: JobViews,
    sender: HttpSender,
    queue: DeliveryQueue,
    clock: Clock,
    ids: IdSource,
) -> Delivery | None:
    """The delivery after one more signed attempt; None when it is not due, or somebody else has it.

    URL, secret and payload are read now, not when the event happened: an edited endpoint is told at its new URL, a
    deleted one not at all, and result links are fresh. What came of the attempt is written before anything else: a fault
    of ours after that repeats nothing, one before it has the next attempt come by the schedule.
    """
    now = clock.now()
    claimed = deliveries.claim(delivery_id, at=now, until=now + LEASE)
    if claimed is None:
        return None
    try:
        outcome = _attempted(claimed, endpoints, secrets, views, sender, clock, ids)
        concluded = deliveries.conclude(outcome.delivery, outcome.attempt)
    finally:
        # After a fault of ours too: others of this account need not wait for the lease.
        deliveries.release(claimed)
    after = outcome.delivery
    if concluded and not after.is_final:
        wait = after.next_attempt_at - clock.now()
        if wait <= MAX_QUEUE_DELAY:
            queue.wake(after, delay_s=max(0, -(-wait // timedelta(seconds=1))))
    if outcome.endpoint is not None and outcome.attempt is not None:
        _note(outcome.endpoint, outcome.attempt, after, endpoints)
    _wake_others(claimed, deliveries, queue, clock, ids)
    return after


def _attempted(
    delivery: Delivery,
    endpoints: EndpointStore,
    secrets: AccountSecrets,
    views: JobViews,
    sender: HttpSender,
    clock: Clock,
    ids: IdSource,
) -> _Outcome:
    if delivery.attempts > delivery.max_attempts:
        # The last attempt began and never ended.
        return _Outcome(delivery.model_copy(update={"status": DeliveryStatus.EXHAUSTED}))
    target = _target(delivery, endpoints, secrets, clock.now())
    if isinstance(target, str):
        return _Outcome(dropped(delivery, target))
    message = _message(delivery, views)
    if isinstance(message, str):
        return _Outcome(dropped(delivery, message))
    body, sent_at = _json(message.payload), clock.now()
    headers = {
        **message.sign(body, target.secrets[0], sent_at),
        **_headers(delivery, body, target, sent_at),
    }
    answer = sender.post(target.url, headers=headers, body=body)
    heard = answer
    if target.endpoint is not None and answer.is_refusal and _has_moved(target.endpoint, endpoints):
        # A failure like any other: the next attempt goes to the new URL.
        heard = Answer(error="unreachable")
    after = conclude(delivery, heard, at=clock.now(), randomness=ids.secret(32))
    return _Outcome(after, attempt_of(delivery, answer, at=sent_at), target.endpoint)


def _note(
    endpoint: WebhookEndpoint, attempt: Attempt, delivery: Delivery, endpoints: EndpointStore
) -> None:
    """What the answer says of the endpoint: gone, well again, or failing, perhaps for too long."""
    answer, at = attempt.answer, attempt.at
    if answer.disables:
        endpoints.disable(endpoint, reason="receiver gone", at=at)
    elif answer.is_success:
        if endpoint.failing_since is not None:
            endpoints.note_success(endpoint)
    elif delivery.type != TEST_TYPE:
        first = int(attempt.number == 1)
        noted = endpoints.note_failure(endpoint, at=at, deliveries=first)
        if noted is not None and noted.is_hopeless(at):
            endpoints.disable(noted, reason="failed for five days", at=at)


def _has_moved(endpoint: WebhookEndpoint, endpoints: EndpointStore) -> bool:
    """Whether the owner has changed the URL since: what the old one wants does not count any more."""
    current = endpoints.get(endpoint.account_id, endpoint.id)
    return current is not None and current.url != endpoint.url


def _wake_others(
    claimed: Delivery, deliveries: DeliveryStore, queue: DeliveryQueue, clock: Clock, ids: IdSource
) -> None:
    """The place that is free now goes on to what waits for one.

    Two are woken, drawn among the longest overdue: workers that end at the same time would all wake the same one.
    What is woken in vain finds no place and stays due.
    """
    crowd = 2 * IN_FLIGHT[claimed.lane]
    due = deliveries.due(claimed.account_id, claimed.lane, at=clock.now(), limit=crowd)
    others = [one for one in due if one.id != claimed.id]
    for _ in range(min(2, len(others))):
        queue.wake(others.pop(ids.secret(16) % len(others)))


def _target(
    delivery: Delivery, endpoints: EndpointStore, secrets: AccountSecrets, now: datetime
) -> _Target | str:
    """Where it goes, or why nowhere."""
    if delivery.endpoint_id is not None:
        endpoint = endpoints.get(delivery.account_id, delivery.endpoint_id)
        if endpoint is None:
            return "endpoint deleted"
        if endpoint.status is not EndpointStatus.ENABLED:
            return "endpoint disabled"
        return _Target(endpoint.url, endpoint.secrets(now), endpoint)
    signing = secrets.webhook_secrets(delivery.account_id, now)
    if delivery.url is None or not signing:
        return "nobody to tell"
    return _Target(delivery.url, signing)


def _message(delivery: Delivery, views: JobViews) -> VendorMessage | str:
    """What it says, or why nothing."""
    if delivery.format != NATIVE:
        message = views.vendor_message(delivery)
        if message is None:
            return "job deleted"
        return message if message.payload is not None else "not told in this format"
    data: Mapping[str, object] | None = delivery.data or {}
    if delivery.job_id is not None:
        data = views.webhook_data(delivery.account_id, delivery.job_id)
    if data is None:
        return "job deleted"
    payload = {
        "type": delivery.type,
        "timestamp": delivery.occurred_at.isoformat().replace("+00:00", "Z"),
        "sequence": delivery.sequence,
        "data": data,
    }
    return VendorMessage(payload, sign=lambda _body, _secret, _at: {})


def _json(payload: object) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(delivery: Delivery, body: bytes, target: _Target, at: datetime) -> dict[str, str]:
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": USER_AGENT,
        # The event's id, not the delivery's: a receiver that is told twice of one event can see it.
        **signed_headers(delivery.event_id, body, secrets=target.secrets, at=at),
    }
