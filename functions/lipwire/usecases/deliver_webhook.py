"""One attempt of one delivery."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.webhooks import (
    SCHEDULE,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    EndpointStatus,
    WebhookEndpoint,
    conclude,
    dropped,
    signed_headers,
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
    secret: str
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
    deleted one not at all, and result links are fresh.
    """
    now = clock.now()
    delivery = deliveries.claim(delivery_id, at=now, until=now + LEASE)
    if delivery is None:
        return None
    attempt: Attempt | None = None
    target = _target(delivery, endpoints, secrets)
    data = views.webhook_data(delivery.job_id) if target else None
    if delivery.attempts > len(SCHEDULE):
        # The last attempt began and never ended.
        after = delivery.model_copy(update={"status": DeliveryStatus.EXHAUSTED})
    elif target is None:
        after = dropped(delivery, "nobody to tell")
    elif data is None:
        after = dropped(delivery, "job deleted")
    else:
        body = _body(delivery, data)
        sent_at = clock.now()
        answer = sender.post(
            target.url, headers=_headers(delivery, body, target, sent_at), body=body
        )
        attempt = Attempt(
            delivery_id=delivery.id, number=delivery.attempts, at=sent_at, answer=answer
        )
        after = conclude(delivery, answer, at=clock.now(), randomness=ids.secret(32))
        if answer.disables and target.endpoint is not None:
            endpoints.disable(target.endpoint, reason="receiver gone", at=sent_at)
    if deliveries.conclude(after, attempt) and after.status is DeliveryStatus.PENDING:
        wait = after.next_attempt_at - clock.now()
        if wait <= MAX_QUEUE_DELAY:
            queue.wake(after, delay_s=max(0, -(-wait // timedelta(seconds=1))))
    return after


def _target(
    delivery: Delivery, endpoints: EndpointStore, secrets: AccountSecrets
) -> _Target | None:
    if delivery.endpoint_id is not None:
        endpoint = endpoints.get(delivery.account_id, delivery.endpoint_id)
        if endpoint is None or endpoint.status is not EndpointStatus.ENABLED:
            return None
        return _Target(endpoint.url, endpoint.secret, endpoint)
    secret = secrets.webhook_secret(delivery.account_id)
    if delivery.url is None or secret is None:
        return None
    return _Target(delivery.url, secret)


def _body(delivery: Delivery, data: object) -> bytes:
    timestamp = delivery.occurred_at.isoformat().replace("+00:00", "Z")
    payload = {"type": delivery.type, "timestamp": timestamp, "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(delivery: Delivery, body: bytes, target: _Target, at: datetime) -> dict[str, str]:
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": USER_AGENT,
        # The event's id, not the delivery's: a receiver that is told twice of one event can see it.
        **signed_headers(delivery.event_id, body, secrets=[target.secret], at=at),
    }
