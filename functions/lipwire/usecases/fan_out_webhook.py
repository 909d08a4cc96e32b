"""An event becomes deliveries."""

from collections.abc import Iterator

from lipwire.domain.events import Envelope, JobCanceled, JobFailed, JobSucceeded
from lipwire.domain.ids import JobId
from lipwire.domain.webhooks import WEBHOOK_TYPES, Delivery, delivery_id
from lipwire.ports import Clock, JobStore
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore


def fan_out_webhook(
    event: Envelope,
    *,
    jobs: JobStore,
    endpoints: EndpointStore,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    clock: Clock,
) -> int:
    """One delivery row and one wake-up for each endpoint that wants the event, and for the job's own URL.

    A repeated event finds its rows there and only wakes them again: a repeat after a crash between row and wake-up
    is what heals it. Gives how many targets there are.
    """
    data = event.typed()
    if not isinstance(data, JobSucceeded | JobFailed | JobCanceled):
        return 0
    owed = tuple(_owed(event, data.job_id, WEBHOOK_TYPES[type(data)], jobs, endpoints, clock))
    for delivery in owed:
        deliveries.add(delivery)
        queue.wake(delivery)
    return len(owed)


def _owed(
    event: Envelope,
    job_id: JobId,
    webhook_type: str,
    jobs: JobStore,
    endpoints: EndpointStore,
    clock: Clock,
) -> Iterator[Delivery]:
    now = clock.now()
    about = event.metadata
    plain = Delivery(
        id=delivery_id(about.id, "job"),
        account_id=about.account_id,
        event_id=about.id,
        type=webhook_type,
        occurred_at=about.occurred_at,
        job_id=job_id,
        next_attempt_at=now,
        created_at=now,
    )
    for endpoint in endpoints.list(about.account_id):
        if endpoint.wants(webhook_type):
            yield plain.model_copy(
                update={"id": delivery_id(about.id, endpoint.id), "endpoint_id": endpoint.id}
            )
    job = jobs.get(job_id)
    if job is not None and job.webhook_url is not None:
        yield plain.model_copy(update={"url": job.webhook_url})
