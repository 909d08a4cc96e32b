"""What an account can do with its endpoints and their deliveries, once they are there."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from lipwire.domain import commands_webhooks as commands
from lipwire.domain.errors import (
    ConcurrentChangeError,
    DeliveryNotFoundError,
    DeliveryPendingError,
    EndpointDisabledError,
    EndpointNotFoundError,
    InvalidWebhookUrlError,
)
from lipwire.domain.webhooks import (
    IN_FLIGHT,
    Answer,
    Delivery,
    DeliveryStatus,
    EndpointStatus,
    Lane,
)
from lipwire.usecases.deliver_webhook import deliver_webhook
from lipwire.usecases.get_delivery import get_delivery
from lipwire.usecases.get_endpoint import get_endpoint
from lipwire.usecases.replay_deliveries import BATCH, replay_deliveries
from lipwire.usecases.replay_delivery import replay_delivery
from lipwire.usecases.rotate_secret import rotate_secret
from lipwire.usecases.send_test_event import send_test_event
from lipwire.usecases.update_endpoint import update_endpoint
from tests.support.builders import NOW, a_caller
from tests.support.fakes import AnyUrl, FakeClock, FakeIds
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeQueue,
    FakeSecrets,
    FakeSender,
    FakeViews,
    a_delivery,
    an_endpoint,
)

ENDPOINT = an_endpoint(1)
FOREIGN = an_endpoint(9, account_id="acct_other")


class Desk:
    """One account's endpoint, and the worker."""

    def __init__(self, *answers: Answer, endpoint=ENDPOINT) -> None:
        self.endpoints = FakeEndpoints(endpoint, FOREIGN)
        self.deliveries, self.queue = FakeDeliveries(), FakeQueue()
        self.sender = FakeSender(*answers)
        self.clock, self.ids = FakeClock(), FakeIds()
        self.ids.count = 1 << 40

    @property
    def making(self):
        """Ports of what makes deliveries."""
        return {
            "endpoints": self.endpoints,
            "deliveries": self.deliveries,
            "queue": self.queue,
            "clock": self.clock,
            "ids": self.ids,
        }

    def update(self, **changes):
        command = commands.UpdateEndpoint(endpoint_id=ENDPOINT.id, **changes)
        ports = {"webhook_urls": AnyUrl(), "clock": self.clock}
        return update_endpoint(command, a_caller(), endpoints=self.endpoints, **ports)

    def rotate(self, **changes):
        command = commands.RotateSecret(endpoint_id=ENDPOINT.id, **changes)
        ports = {"clock": self.clock, "ids": self.ids}
        return rotate_secret(command, a_caller(), endpoints=self.endpoints, **ports)

    def test(self, endpoint=ENDPOINT):
        command = commands.SendTestEvent(endpoint_id=endpoint.id)
        return send_test_event(command, a_caller(), **self.making).delivery

    def owe(self, number=0, **changes) -> Delivery:
        made = a_delivery(
            id=f"dlv_{number:026d}",
            event_id=f"evt_{number:026d}",
            **({"attempts": 0, "endpoint_id": ENDPOINT.id} | changes),
        )
        self.deliveries.add(made)
        return made

    def deliver(self, delivery: Delivery) -> Delivery | None:
        return deliver_webhook(
            delivery.id,
            **self.making,
            secrets=FakeSecrets(),
            views=FakeViews(),
            sender=self.sender,
        )


def test_an_endpoint_is_changed_in_what_is_named():
    """The rest stays; deliveries that wait go to the new URL."""
    desk = Desk()
    changed = desk.update(url="https://new.example.com/", event_types=("job.failed",))
    assert changed == ENDPOINT.model_copy(
        update={"url": "https://new.example.com/", "event_types": ("job.failed",), "version": 1}
    )
    desk.deliver(desk.owe())
    assert desk.sender.sent[0][0] == "https://new.example.com/"
    with pytest.raises(InvalidWebhookUrlError):
        desk.update(url="http://a.example.com/")


def test_what_is_another_accounts_is_not_there():
    """Neither to be read nor changed, tested or replayed."""
    desk = Desk()
    foreign = desk.owe(7, account_id="acct_other", endpoint_id=FOREIGN.id, status="dropped")
    with pytest.raises(EndpointNotFoundError):
        get_endpoint(
            commands.GetEndpoint(endpoint_id=FOREIGN.id), a_caller(), endpoints=desk.endpoints
        )
    with pytest.raises(EndpointNotFoundError):
        desk.test(FOREIGN)
    with pytest.raises(DeliveryNotFoundError):
        get_delivery(
            commands.GetDelivery(delivery_id=foreign.id), a_caller(), deliveries=desk.deliveries
        )
    with pytest.raises(DeliveryNotFoundError):
        replay_delivery(commands.ReplayDelivery(delivery_id=foreign.id), a_caller(), **desk.making)


@pytest.mark.fault(99)
def test_a_rotated_secret_signs_beside_the_new_one_for_a_day():
    """Each alone verifies what is sent meanwhile, a retry included; afterwards only the new one does."""
    desk = Desk(Answer(status=500))
    delivery = desk.owe(occurred_at=NOW)
    desk.deliver(delivery)
    rotated = desk.rotate()
    assert rotated.secret != ENDPOINT.secret
    desk.clock.moment += timedelta(hours=23)
    desk.deliver(delivery)
    later = desk.owe(1)
    desk.clock.moment += timedelta(hours=2)
    desk.deliver(later)
    first, second, third = desk.sender.sent
    assert verifies(ENDPOINT.secret, first)
    assert not verifies(rotated.secret, first)
    assert verifies(ENDPOINT.secret, second)
    assert verifies(rotated.secret, second)
    assert verifies(rotated.secret, third)
    assert not verifies(ENDPOINT.secret, third)


def verifies(secret: str, sent) -> bool:
    """Whether the package would sign these bytes with that secret as one of the signatures says."""
    _, headers, body = sent
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    expected = Webhook(secret).sign(headers["webhook-id"], at, body.decode())
    return expected in headers["webhook-signature"].split()


def test_a_second_rotation_cuts_nothing_off_and_no_overlap_does():
    """Three signatures; then one."""
    desk = Desk()
    desk.rotate()
    desk.rotate()
    desk.deliver(desk.owe())
    desk.rotate(overlap=timedelta(0))
    assert len(desk.sender.sent[0][1]["webhook-signature"].split()) == 3
    kept = desk.endpoints.get(ENDPOINT.account_id, ENDPOINT.id)
    assert len(kept.secrets(desk.clock.now())) == 3
    assert kept.secrets(desk.clock.now() + timedelta(days=2)) == (kept.secret,)
    for _ in range(9):
        desk.rotate()
    assert len(desk.endpoints.rows[ENDPOINT.id].secrets(desk.clock.now())) == 5


def test_of_two_changes_at_once_one_is_refused():
    """No secret that was shown is lost under another."""
    desk = Desk()
    read = desk.endpoints.rows[ENDPOINT.id]
    desk.rotate()
    with pytest.raises(ConcurrentChangeError):
        desk.endpoints.replace(read)


def test_a_change_restores_no_failures_that_were_forgotten():
    """What an owner read is old by the time it is written: counts are the deliveries' own."""
    desk = Desk(endpoint=an_endpoint(1, failing_since=NOW, failures=9))
    read = desk.endpoints.rows[ENDPOINT.id]
    desk.deliver(desk.owe())
    assert desk.endpoints.replace(read).failing_since is None


def test_another_url_begins_without_failures():
    """The same one does not, nor does another description."""
    for changes, kept in (
        ({"url": "https://new.example.com/"}, 0),
        ({"url": ENDPOINT.url}, 9),
        ({"description": "mine"}, 9),
    ):
        desk = Desk(endpoint=an_endpoint(1, failing_since=NOW, failures=9))
        changed = desk.update(**changes)
        assert (changed.failures, changed.failing_since is None) == (kept, kept == 0)


def test_a_test_event_is_sent_once_whatever_the_filter():
    """Signed like any other; a failure is not tried again and counts for nothing."""
    desk = Desk(Answer(status=500), endpoint=an_endpoint(1, event_types=["job.failed"]))
    made = desk.test()
    assert [woken for woken, _ in desk.queue.woken] == [made.id]
    assert desk.deliver(made).status is DeliveryStatus.EXHAUSTED
    _, _, body = desk.sender.sent[0]
    assert json.loads(body)["type"] == "webhook.test"
    assert json.loads(body)["data"] == {"endpoint_id": ENDPOINT.id}
    assert desk.endpoints.rows[ENDPOINT.id].failing_since is None
    assert desk.deliver(desk.test()).status is DeliveryStatus.DELIVERED


def test_the_log_tells_of_each_attempt():
    """Status or word, latency, and 256 printable bytes at most."""
    said = Answer(status=500, excerpt="é\x00\x1b[31m" * 200, elapsed_ms=12)
    desk = Desk(said, Answer(error="timeout", elapsed_ms=15000))
    delivery = desk.owe()
    desk.deliver(delivery)
    desk.clock.moment += timedelta(seconds=6)
    desk.deliver(delivery)
    view = get_delivery(
        commands.GetDelivery(delivery_id=delivery.id), a_caller(), deliveries=desk.deliveries
    )
    first, second = view.attempts
    assert (first.answer.status, first.answer.elapsed_ms) == (500, 12)
    assert first.answer.excerpt.isprintable()
    assert 250 < len(first.answer.excerpt.encode()) <= 256
    assert (second.number, second.answer.error) == (2, "timeout")


@pytest.mark.fault(97)
def test_an_endpoint_that_fails_for_five_days_is_disabled_and_can_come_back():
    """Not sooner, and not for a few; what was owed stands in the log, and goes out when it is asked for again."""
    desk = Desk(*[Answer(error="unreachable")] * 200)
    for number in range(12):
        delivery = desk.owe(number, next_attempt_at=desk.clock.now())
        desk.deliver(delivery)
        assert desk.endpoints.disabled == []
        desk.clock.moment += timedelta(hours=10) - timedelta(seconds=1)
    desk.clock.moment += timedelta(minutes=1)
    desk.deliver(desk.owe(12, next_attempt_at=desk.clock.now()))
    assert desk.endpoints.disabled == [(ENDPOINT.id, "failed for five days")]
    desk.clock.moment += timedelta(hours=30)
    dropped = desk.deliver(desk.deliveries.rows[f"dlv_{11:026d}"])
    assert (dropped.status, dropped.reason) == (DeliveryStatus.DROPPED, "endpoint disabled")
    again = commands.ReplayDelivery(delivery_id=dropped.id)
    with pytest.raises(EndpointDisabledError):
        replay_delivery(again, a_caller(), **desk.making)
    enabled = desk.update(status=EndpointStatus.ENABLED)
    assert (enabled.failing_since, enabled.failures, enabled.disabled_reason) == (None, 0, None)
    desk.sender.answers.clear()
    made = replay_delivery(again, a_caller(), **desk.making).delivery
    assert desk.deliver(made).status is DeliveryStatus.DELIVERED
    assert desk.sender.sent[-1][1]["webhook-id"] == dropped.event_id


def test_few_failures_or_one_success_disable_nothing():
    """Nine deliveries in a week; ten and more of which one arrived."""
    for answers in ([500] * 20, [500] * 6 + [200] + [500] * 6):
        desk = Desk(*(Answer(status=status) for status in answers))
        for number in range(9 if 200 not in answers else 12):
            desk.deliver(desk.owe(number, next_attempt_at=desk.clock.now()))
            desk.clock.moment += timedelta(hours=16)
        assert desk.endpoints.disabled == []


def test_the_owner_can_disable_an_endpoint():
    """Nothing goes there, and the reason says why."""
    desk = Desk()
    disabled = desk.update(status=EndpointStatus.DISABLED)
    assert (disabled.disabled_reason, disabled.disabled_at) == ("by its owner", NOW)
    assert desk.deliver(desk.owe()).status is DeliveryStatus.DROPPED
    with pytest.raises(EndpointDisabledError):
        desk.test()


def test_one_delivery_is_replayed_once_it_has_ended():
    """As a new delivery of the same event, with a schedule of its own; the old one stays as it ended."""
    desk = Desk()
    delivery = desk.owe()
    command = commands.ReplayDelivery(delivery_id=delivery.id)
    with pytest.raises(DeliveryPendingError):
        replay_delivery(command, a_caller(), **desk.making)
    desk.deliver(delivery)
    made = replay_delivery(command, a_caller(), **desk.making).delivery
    assert (made.replay_of, made.attempts, made.id != delivery.id) == (delivery.id, 0, True)
    desk.deliver(made)
    (_, first, _), (_, second, _) = desk.sender.sent
    assert first["webhook-id"] == second["webhook-id"]
    assert desk.deliveries.rows[delivery.id].status is DeliveryStatus.DELIVERED


def test_a_time_is_replayed_batch_by_batch():
    """Only what ended as asked, only in that time; replays are not replayed with it."""
    desk = Desk()
    for number in range(BATCH + 50):
        at = NOW + timedelta(seconds=number)
        desk.owe(number, created_at=at, status="dropped" if number % 2 else "delivered")
    desk.clock.moment += timedelta(hours=1)

    def ask(cursor=None, **changes):
        values = {"since": NOW, "statuses": {"dropped", "delivered"}, "cursor": cursor} | changes
        command = commands.ReplayDeliveries(endpoint_id=ENDPOINT.id, **values)
        return replay_deliveries(command, a_caller(), **desk.making)

    first = ask()
    assert first.replayed == BATCH
    # Each that ends wakes the next ones.
    assert len(desk.queue.woken) == IN_FLIGHT[Lane.REPLAY]
    rest = ask(first.next_cursor)
    assert (rest.replayed, rest.next_cursor) == (50, None)
    made = [row for row in desk.deliveries.rows.values() if row.replay_of]
    assert len({row.replay_of for row in made}) == len(made) == BATCH + 50
    desk.clock.moment += timedelta(seconds=1)
    assert ask(until=NOW + timedelta(seconds=10), statuses={"dropped"}).replayed == 5
    assert ask(since=NOW + timedelta(minutes=30)).replayed == 0
