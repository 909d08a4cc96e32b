"""The worker that delivers webhooks, over fakes."""

from lipwire.domain.webhooks import Answer, Delivery
from lipwire.usecases.deliver_webhook import deliver_webhook
from tests.support.builders import ACCOUNT, NOW
from tests.support.fakes import FakeClock, FakeIds
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeQueue,
    FakeSecrets,
    FakeSender,
    FakeViews,
    an_endpoint,
)

DELIVERY = f"dlv_{0:026d}"


def owed(**changes: object) -> Delivery:
    """A delivery to the first endpoint that nobody has begun."""
    values = {
        "id": DELIVERY,
        "account_id": ACCOUNT,
        "event_id": f"evt_{0:026d}",
        "type": "job.succeeded",
        "occurred_at": NOW,
        "job_id": f"job_{0:026d}",
        "endpoint_id": f"whe_{1:026d}",
        "next_attempt_at": NOW,
        "created_at": NOW,
    }
    return Delivery.model_validate(values | changes)


class Desk:
    """The worker over fakes."""

    def __init__(self, *answers: Answer, delivery: Delivery | None = None, gone=()) -> None:
        self.endpoints = FakeEndpoints(an_endpoint(1))
        self.deliveries = FakeDeliveries(delivery or owed())
        self.sender, self.queue = FakeSender(*answers), FakeQueue()
        self.clock, self.ids = FakeClock(), FakeIds()
        self.views, self.secrets = FakeViews(*gone), FakeSecrets()

    def deliver(self, which: str = DELIVERY) -> Delivery | None:
        return deliver_webhook(
            which,
            deliveries=self.deliveries,
            endpoints=self.endpoints,
            secrets=self.secrets,
            views=self.views,
            sender=self.sender,
            queue=self.queue,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def row(self) -> Delivery:
        return self.deliveries.rows[DELIVERY]
