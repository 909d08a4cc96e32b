"""One delivery from its row to its end."""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from standardwebhooks import Webhook

from lipwire.domain.webhooks import (
    SCHEDULE,
    Answer,
    Delivery,
    DeliveryStatus,
    EndpointStatus,
    Lane,
    VendorMessage,
)
from lipwire.usecases.deliver_webhook import LEASE
from lipwire.usecases.sweep_deliveries import sweep_deliveries
from tests.support.builders import ACCOUNT, NOW
from tests.support.delivery_desk import DELIVERY, Desk, owed
from tests.support.fakes_webhooks import (
    SECRET,
    FakeEndpoints,
    FakeViews,
    an_endpoint,
)


@pytest.mark.fault(101, 106)
def test_a_delivery_is_signed_and_done():
    """Type, event's time and the job; the signature covers the very bytes; the log has the attempt."""
    desk = Desk()
    desk.deliver()
    url, headers, body = desk.sender.sent[0]
    assert url == an_endpoint(1).url
    payload = json.loads(body)
    assert payload["type"] == "job.succeeded"
    assert payload["timestamp"] == "2026-05-04T12:30:00Z"
    assert payload["sequence"] == int(NOW.timestamp()) * 1_000_000
    assert payload["data"]["name"] == "Zoë 🎬"
    assert headers["webhook-id"] == f"evt_{0:026d}"
    assert (
        Webhook(SECRET).sign(headers["webhook-id"], NOW, body.decode())
        == headers["webhook-signature"]
    )
    assert desk.row.status is DeliveryStatus.DELIVERED
    assert [(a.number, a.answer.status) for a in desk.deliveries.attempted] == [(1, 200)]
    assert desk.queue.woken == []


def test_a_finished_or_unknown_delivery_is_left_alone():
    """A second wake-up does nothing."""
    desk = Desk()
    desk.deliver()
    assert desk.deliver() is None
    assert desk.deliver(f"dlv_{9:026d}") is None
    assert len(desk.sender.sent) == 1


def test_a_delivery_before_its_time_is_left_alone():
    """The clock is in the row, not in the queue."""
    desk = Desk(delivery=owed(next_attempt_at=NOW + timedelta(seconds=1)))
    assert desk.deliver() is None
    assert desk.row.attempts == 0


@pytest.mark.fault(96)
def test_the_whole_schedule_is_kept():
    """Ten attempts, within +-10 % of the standard's times, queue for short waits, sweeper for long ones."""
    desk = Desk(*[Answer(status=500)] * 10)
    times = []
    for _ in range(10):
        times.append(desk.clock.now())
        desk.queue.woken.clear()
        desk.deliver()
        wait = desk.row.next_attempt_at - desk.clock.now()
        assert bool(desk.queue.woken) is (
            desk.row.status is DeliveryStatus.PENDING and wait <= timedelta(minutes=15)
        )
        if desk.queue.woken:
            assert 0 <= desk.queue.woken[0][1] - wait.total_seconds() < 1
        desk.clock.moment = max(desk.clock.moment, desk.row.next_attempt_at)
    gaps = [after - before for before, after in pairwise(times)]
    assert all(
        step * 0.9 <= gap <= step * 1.1 for step, gap in zip(SCHEDULE[1:], gaps, strict=True)
    )
    assert desk.row.status is DeliveryStatus.EXHAUSTED
    assert len(desk.sender.sent) == len(desk.deliveries.attempted) == 10


@pytest.mark.fault(100)
def test_each_attempt_is_signed_at_its_own_time_under_the_same_id():
    """A retry six minutes later would be refused with the first one's time."""
    desk = Desk(Answer(error="timeout"))
    desk.deliver()
    desk.clock.moment = desk.row.next_attempt_at
    desk.deliver()
    (_, first, _), (_, second, _) = desk.sender.sent
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 5


@pytest.mark.parametrize("answers", [(), (Answer(status=500),)])
def test_a_view_that_fails_for_an_hour_and_then_works_ends_delivered(answers):
    """Faults of ours come as seldom as a receiver's: however often it is woken, four attempts are used up."""
    desk = Desk(*answers)
    healthy, began = desk.views, desk.clock.now()
    desk.views = _Broken()
    while desk.row.status is DeliveryStatus.PENDING:
        if desk.clock.now() - began >= timedelta(hours=1):
            desk.views = healthy
        with suppress(ZeroDivisionError):
            desk.deliver()
        assert desk.deliveries.flights[ACCOUNT, Lane.LIVE] == {}
        desk.clock.moment += timedelta(seconds=20)
    assert desk.row.status is DeliveryStatus.DELIVERED
    assert desk.row.attempts == 5 + len(answers)


def test_what_was_heard_stands_before_anything_is_made_of_it():
    """A table that throttles when the failure is counted: the attempt is in the log, the next one on schedule."""
    desk = Desk(Answer(status=500))
    desk.endpoints.note_failure = _divided  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        desk.deliver()
    assert [attempt.answer.status for attempt in desk.deliveries.attempted] == [500]
    assert desk.row.next_attempt_at - NOW == timedelta(seconds=5)
    assert desk.queue.woken == [(DELIVERY, 5)]


@pytest.mark.fault(103)
def test_url_and_status_are_those_of_the_attempt():
    """An endpoint that was edited is told at its new URL; a disabled or deleted one not at all."""
    desk = Desk(Answer(status=500))
    desk.deliver()
    desk.endpoints.add(an_endpoint(1, url="https://new.example.com/"))
    desk.clock.moment = desk.row.next_attempt_at
    desk.deliver()
    assert desk.sender.sent[1][0] == "https://new.example.com/"
    for endpoints in (
        FakeEndpoints(),
        FakeEndpoints(an_endpoint(1, status=EndpointStatus.DISABLED)),
    ):
        desk = Desk()
        desk.endpoints = endpoints
        desk.deliver()
        assert desk.sender.sent == []
        assert desk.row.status is DeliveryStatus.DROPPED


def test_nothing_is_said_of_a_deleted_job():
    """Its delivery is dropped."""
    desk = Desk(gone=[f"job_{0:026d}"])
    desk.deliver()
    assert desk.sender.sent == []
    assert (desk.row.status, desk.row.reason) == (DeliveryStatus.DROPPED, "job deleted")


@pytest.mark.parametrize("answer", [Answer(status=410), Answer(status=400, directive="disable")])
@pytest.mark.fault(94)
def test_gone_disables_the_endpoint(answer):
    """With its event, once."""
    desk = Desk(answer)
    desk.deliver()
    assert desk.row.status is DeliveryStatus.DROPPED
    assert desk.endpoints.disabled == [(f"whe_{1:026d}", "receiver gone")]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=410),
        Answer(status=400, directive="disable"),
        Answer(status=400, directive="abort-message"),
    ],
)
@pytest.mark.fault(94, 103)
def test_what_a_receiver_wants_that_was_left_meanwhile_does_not_count(answer):
    """Its owner has moved the endpoint while the attempt ran: that one is told, and stays enabled."""
    desk = Desk(answer)
    moved = an_endpoint(1, url="https://new.example.com/", version=1)
    desk.sender.meanwhile = lambda: desk.endpoints.add(moved)
    desk.deliver()
    assert desk.endpoints.disabled == []
    assert desk.endpoints.rows[moved.id] == moved
    assert desk.row.status is DeliveryStatus.PENDING
    assert desk.deliveries.attempted[0].answer.status == answer.status
    desk.clock.moment = desk.row.next_attempt_at
    desk.deliver()
    assert desk.sender.sent[1][0] == moved.url
    assert desk.row.status is DeliveryStatus.DELIVERED


def test_failures_of_an_url_that_was_left_are_not_counted_against_the_new_one():
    """Nor are its successes for it."""
    for answer in (Answer(status=500), Answer(status=200)):
        desk = Desk(answer)
        failing = an_endpoint(1, failing_since=NOW, failures=3)
        desk.endpoints.add(failing)
        moved = failing.model_copy(update={"url": "https://new.example.com/"})
        desk.sender.meanwhile = lambda: desk.endpoints.add(moved)  # noqa: B023
        desk.deliver()
        assert desk.endpoints.rows[moved.id] == moved


def test_a_jobs_own_url_is_signed_with_the_accounts_secret():
    """And a 410 from it ends that delivery only."""
    desk = Desk(
        Answer(status=410), delivery=owed(endpoint_id=None, url="https://once.example.com/")
    )
    desk.deliver()
    url, headers, body = desk.sender.sent[0]
    assert url == "https://once.example.com/"
    assert (
        Webhook(SECRET).sign(headers["webhook-id"], NOW, body.decode())
        == headers["webhook-signature"]
    )
    assert desk.row.status is DeliveryStatus.DROPPED
    assert desk.endpoints.disabled == []


@pytest.mark.fault(98)
def test_two_workers_at_once_make_one_attempt():
    """The second finds the time moved."""
    desk = Desk()
    desk.sender.meanwhile = lambda: outcomes.append(desk.deliver())
    outcomes: list[Delivery | None] = []
    desk.deliver()
    assert outcomes == [None]
    assert len(desk.sender.sent) == 1


def test_a_worker_that_dies_is_followed_after_its_lease():
    """Its attempt counts; the sweeper wakes the next."""
    desk = Desk()
    desk.sender.meanwhile = _die
    with pytest.raises(KeyboardInterrupt):
        desk.deliver()
    assert (
        sweep_deliveries(deliveries=desk.deliveries, queue=desk.queue, clock=desk.clock).woken == 0
    )
    desk.clock.moment += LEASE
    assert (
        sweep_deliveries(deliveries=desk.deliveries, queue=desk.queue, clock=desk.clock).woken == 1
    )
    desk.sender.meanwhile = lambda: None
    desk.deliver()
    assert (desk.row.status, desk.row.attempts) == (DeliveryStatus.DELIVERED, 2)


def test_a_worker_that_was_given_up_for_dead_changes_nothing():
    """Its late outcome meets a higher attempt number."""
    desk = Desk(Answer(status=500), Answer(status=200))

    def sleep_through_the_lease() -> None:
        desk.sender.meanwhile = lambda: None
        desk.clock.moment += LEASE
        assert desk.deliver() is not None

    desk.sender.meanwhile = sleep_through_the_lease
    desk.deliver()
    # The inner attempt was the one that failed; the sleeper's 200 came too late to be written.
    assert (desk.row.status, desk.row.attempts) == (DeliveryStatus.PENDING, 2)
    assert len(desk.deliveries.attempted) == 1


def test_a_delivery_that_kills_its_workers_ends():
    """Ten attempts that never ended are ten attempts."""
    desk = Desk(delivery=owed(attempts=10))
    desk.deliver()
    assert desk.sender.sent == []
    assert desk.row.status is DeliveryStatus.EXHAUSTED


def _die() -> None:
    raise KeyboardInterrupt


def _divided(*_: object, **__: object) -> None:
    raise ZeroDivisionError


class _Broken(FakeViews):
    """A bug of ours."""

    webhook_data = _divided  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            VendorMessage(
                {"done": "Zoë"}, sign=lambda body, secret, at: {"x-mac": f"{secret}{len(body)}"}
            ),
            None,
        ),
        (VendorMessage(None, sign=lambda body, secret, at: {}), "not told in this format"),
        (None, "job deleted"),
    ],
)
def test_a_vendors_message_is_sent_in_its_words_or_not_at_all(message, reason):
    """Its payload and its signature over the very bytes, ours on top."""
    desk = Desk(delivery=owed(format="acme"))
    desk.views.vendor_message = lambda delivery: message
    desk.deliver()
    assert desk.row.reason == reason
    if reason is None:
        ((_, headers, body),) = desk.sender.sent
        assert json.loads(body) == {"done": "Zoë"}
        assert headers["x-mac"] == f"{SECRET}{len(body)}"
        signed = Webhook(SECRET).sign(headers["webhook-id"], NOW, body.decode())
        assert headers["webhook-signature"] == signed
    else:
        assert desk.sender.sent == []
