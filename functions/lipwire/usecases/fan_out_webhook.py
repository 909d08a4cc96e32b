"""An event becomes deliveries."""

from collections.abc import Iterator

from lipwire.domain.errors import AccountNotFoundError
from lipwire.domain.events import Envelope
from lipwire.domain.ids import BatchId, JobId
from lipwire.domain.webhooks import (
    NATIVE,
    ON_REQUEST,
    WEBHOOK_TYPES,
    Delivery,
    delivery_id,
    dropped,
)
from lipwire.ports import Clock, JobStore
from lipwire.ports.batches import BatchStore
from lipwire.ports.webhooks import DeliveryQueue, DeliveryStore, EndpointStore


def fan_out_webhook(
    event: Envelope,
    *,
    jobs: JobStore,
    batches: BatchStore,
    endpoints: EndpointStore,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    clock: Clock,
) -> int:
    """One delivery row and one wake-up for each endpoint that wants the event, and for the job's or batch's own URL.

    A repeated event finds its rows there and only wakes them again: a repeat after a crash between row and wake-up
    is what heals it. Gives how many targets there are: none for an account that is closed, of which nothing is written.
    """
    webhook_type = WEBHOOK_TYPES.get(type(event.typed()))
    if webhook_type is None:
        return 0
    owed = tuple(_owed(event, webhook_type, jobs, batches, endpoints, clock))
    try:
        for delivery in owed:
            deliveries.add(delivery)
            queue.wake(delivery)
        if not owed and "job_id" not in event.data:
            # What an account must hear of stands in its log even when it has named nobody who would.
            deliveries.add(dropped(_plain(event, webhook_type, clock), "nobody to tell"))
    except AccountNotFoundError:
        return 0
    return len(owed)


def _owed(
    event: Envelope,
    webhook_type: str,
    jobs: JobStore,
    batches: BatchStore,
    endpoints: EndpointStore,
    clock: Clock,
) -> Iterator[Delivery]:
    plain = _plain(event, webhook_type, clock)
    job = jobs.get(plain.job_id) if plain.job_id is not None else None
    dialect = None if job is None else job.terms.dialect
    batch_id = event.data.get("batch_id")
    batch = None if batch_id is None else batches.get(BatchId(batch_id))
    if batch is not None and batch.webhook_url is not None:
        own = delivery_id(plain.event_id, "batch")
        yield plain.model_copy(
            update={"id": own, "url": batch.webhook_url, "format": batch.dialect}
        )
    for endpoint in endpoints.list(plain.account_id):
        if endpoint.wants(webhook_type) and endpoint.format in {NATIVE, dialect}:
            yield plain.model_copy(
                update={
                    "id": delivery_id(plain.event_id, endpoint.id),
                    "endpoint_id": endpoint.id,
                    "format": endpoint.format,
                }
            )
    if job is not None and job.webhook_url is not None and webhook_type not in ON_REQUEST:
        yield plain.model_copy(update={"url": job.webhook_url, "format": dialect})


def _plain(event: Envelope, webhook_type: str, clock: Clock) -> Delivery:
    """What is owed, but to nobody yet: jobs are read when they are told of, other events bring what they say."""
    now, about, job_id = clock.now(), event.metadata, event.data.get("job_id")
    return Delivery(
        id=delivery_id(about.id, "job" if job_id else "nobody"),
        account_id=about.account_id,
        event_id=about.id,
        type=webhook_type,
        occurred_at=about.occurred_at,
        job_id=JobId(job_id) if job_id else None,
        data=None if job_id else event.typed().model_dump(mode="json", exclude_none=True),
        next_attempt_at=now,
        created_at=now,
    )
