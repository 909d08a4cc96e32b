"""Who is owed a delivery."""

import pytest

from lipwire.domain.commands_webhooks import CreateEndpoint, DeleteEndpoint, ListEndpoints
from lipwire.domain.errors import EndpointNotFoundError, InvalidRequestError, InvalidWebhookUrlError
from lipwire.domain.events import (
    Envelope,
    EventData,
    JobCreated,
    JobFailed,
    JobRenderingStarted,
    JobSucceeded,
    WebhookEndpointDisabled,
    envelope,
)
from lipwire.domain.webhooks import DeliveryStatus, EndpointStatus
from lipwire.usecases.delete_endpoint import delete_endpoint
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from lipwire.usecases.list_endpoints import list_endpoints
from lipwire.usecases.register_endpoint import MAX_ENDPOINTS, register_endpoint
from tests.support.builders import ACCOUNT, NOW, a_caller, a_job
from tests.support.fakes import AnyUrl, FakeClock, FakeIds, FakeJobs
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_webhooks import FakeDeliveries, FakeEndpoints, FakeQueue, an_endpoint

JOB = a_job()
SUCCEEDED = JobSucceeded(
    job_id=JOB.id, engine="retarget", frames=50, duration_ms=2000, charged_millicredits=2000
)


def told(data: EventData) -> Envelope:
    """The event as it comes."""
    return envelope(
        data, event_id=f"evt_{7:026d}", account_id=ACCOUNT, occurred_at=NOW, correlation_id=JOB.id
    )


class Desk:
    """Fan-out over fakes."""

    def __init__(self, *endpoints, job=JOB) -> None:
        self.jobs, self.endpoints = FakeJobs(job), FakeEndpoints(*endpoints)
        self.deliveries, self.queue = FakeDeliveries(), FakeQueue()
        self.batches = FakeBatches(self.jobs)

    def fan_out(self, data: EventData) -> int:
        return fan_out_webhook(
            told(data),
            jobs=self.jobs,
            batches=self.batches,
            endpoints=self.endpoints,
            deliveries=self.deliveries,
            queue=self.queue,
            clock=FakeClock(),
        )

    @property
    def formats(self) -> dict[str | None, str]:
        return {row.endpoint_id or row.url: row.format for row in self.deliveries.rows.values()}

    @property
    def targets(self) -> set[str | None]:
        return {row.endpoint_id or row.url for row in self.deliveries.rows.values()}


def test_every_endpoint_that_wants_it_and_the_jobs_own_url():
    """Filtered by type, status and account; each with a row and a wake-up."""
    desk = Desk(
        an_endpoint(1),
        an_endpoint(2, event_types=["job.succeeded"]),
        an_endpoint(3, event_types=["job.failed"]),
        an_endpoint(4, status=EndpointStatus.DISABLED),
        an_endpoint(5, account_id="acct_other"),
        job=a_job(webhook_url="https://once.example.com/"),
    )
    assert desk.fan_out(SUCCEEDED) == 3
    assert desk.targets == {f"whe_{1:026d}", f"whe_{2:026d}", "https://once.example.com/"}
    assert {woken for woken, _ in desk.queue.woken} == set(desk.deliveries.rows)
    row = next(iter(desk.deliveries.rows.values()))
    assert (row.type, row.job_id, row.occurred_at, row.attempts) == (
        "job.succeeded",
        JOB.id,
        NOW,
        0,
    )


def test_a_repeated_event_owes_nothing_new():
    """The same five times: the same rows, which are only woken again."""
    desk = Desk(an_endpoint(1), an_endpoint(2))
    for _ in range(5):
        assert desk.fan_out(SUCCEEDED) == 2
    assert len(desk.deliveries.rows) == 2


def test_other_events_are_nobodys_business():
    """Only a job's end is told."""
    desk = Desk(an_endpoint(1))
    assert desk.fan_out(JobCreated(job_id=JOB.id)) == 0
    assert not desk.deliveries.rows


def test_a_deleted_jobs_end_still_reaches_endpoints():
    """Whether there is something left to say is decided when it is sent."""
    desk = Desk(an_endpoint(1))
    desk.jobs.rows.clear()
    assert desk.fan_out(JobFailed(job_id=JOB.id, code="no_face")) == 1


def test_an_endpoint_that_was_disabled_is_told_to_the_others_and_stands_in_the_log():
    """To those that want it; where nobody does, the account's list of deliveries says it."""
    disabled = an_endpoint(1, status=EndpointStatus.DISABLED)
    fact = WebhookEndpointDisabled(endpoint_id=disabled.id, reason="receiver gone")
    desk = Desk(disabled, an_endpoint(2), an_endpoint(3, event_types=["job.failed"]))
    assert desk.fan_out(fact) == 1
    (row,) = desk.deliveries.rows.values()
    assert (row.type, row.endpoint_id, row.job_id) == ("endpoint.disabled", f"whe_{2:026d}", None)
    assert row.data == {"endpoint_id": disabled.id, "reason": "receiver gone"}
    alone = Desk(disabled)
    for _ in range(2):
        assert alone.fan_out(fact) == 0
    (row,) = alone.deliveries.rows.values()
    assert (row.status, row.reason) == (DeliveryStatus.DROPPED, "nobody to tell")
    assert alone.queue.woken == []


def test_an_endpoint_is_registered_listed_and_deleted():
    """With a secret of its own; nobody else's are seen or deleted."""
    endpoints = FakeEndpoints(an_endpoint(9, account_id="acct_other"))
    ports = {
        "endpoints": endpoints,
        "webhook_urls": AnyUrl(),
        "clock": FakeClock(),
        "ids": FakeIds(),
    }
    made = register_endpoint(CreateEndpoint(url="https://a.example.com/"), a_caller(), **ports)
    other = register_endpoint(CreateEndpoint(url="https://b.example.com/"), a_caller(), **ports)
    assert made.secret.startswith("whsec_")
    assert made.secret != other.secret
    assert list_endpoints(ListEndpoints(), a_caller(), endpoints=endpoints) == (made, other)
    delete_endpoint(DeleteEndpoint(endpoint_id=made.id), a_caller(), endpoints=endpoints)
    for gone in (made.id, f"whe_{9:026d}"):
        with pytest.raises(EndpointNotFoundError):
            delete_endpoint(DeleteEndpoint(endpoint_id=gone), a_caller(), endpoints=endpoints)


def test_bad_urls_and_too_many_endpoints_are_refused():
    """Before anything is written."""
    endpoints = FakeEndpoints(*(an_endpoint(number) for number in range(MAX_ENDPOINTS)))
    ports = {
        "endpoints": endpoints,
        "webhook_urls": AnyUrl(),
        "clock": FakeClock(),
        "ids": FakeIds(),
    }
    with pytest.raises(InvalidWebhookUrlError):
        register_endpoint(CreateEndpoint(url="http://a.example.com/"), a_caller(), **ports)
    with pytest.raises(InvalidRequestError):
        register_endpoint(CreateEndpoint(url="https://a.example.com/"), a_caller(), **ports)
    assert len(endpoints.rows) == MAX_ENDPOINTS


def test_a_vendors_endpoint_is_told_of_its_dialects_jobs_alone():
    """In that format; the job's own URL in the words of the dialect it was made in; ours are told of all."""
    endpoints = [an_endpoint(1), an_endpoint(2, format="acme"), an_endpoint(3, format="other")]
    once = "https://once.example.com/"
    desk = Desk(*endpoints, job=a_job(terms={"dialect": "acme"}, webhook_url=once))
    assert desk.fan_out(SUCCEEDED) == 3
    assert desk.formats == {f"whe_{1:026d}": "native", f"whe_{2:026d}": "acme", once: "acme"}
    plain = Desk(*endpoints)
    assert plain.fan_out(SUCCEEDED) == 1
    assert plain.formats == {f"whe_{1:026d}": "native"}


def test_the_start_is_told_to_those_who_name_it_and_to_vendors_formats():
    """A receiver that asked for everything before there was such a type is not surprised."""
    desk = Desk(
        an_endpoint(1),
        an_endpoint(2, event_types=["job.started"]),
        an_endpoint(3, format="acme"),
        an_endpoint(4, format="acme", event_types=["job.failed"]),
        job=a_job(terms={"dialect": "acme"}, webhook_url="https://once.example.com/"),
    )
    assert desk.fan_out(JobRenderingStarted(job_id=JOB.id, engine="retarget")) == 2
    assert desk.targets == {f"whe_{2:026d}", f"whe_{3:026d}"}
