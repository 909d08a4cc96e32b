"""The webhook stores, the outbox and the queue on the emulator: once, in order, under threads."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries
from lipwire.adapters.dynamodb.outbox import DynamoOutbox, outbox_item, outbox_row
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import entity_item, from_item, to_item
from lipwire.adapters.dynamodb.webhooks import DynamoEndpoints
from lipwire.adapters.sqs import SqsDeliveryQueue
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.domain.errors import ConcurrentChangeError, EndpointNotFoundError
from lipwire.domain.webhooks import (
    IN_FLIGHT,
    Answer,
    Attempt,
    DeliveryFilter,
    DeliveryStatus,
    EndpointStatus,
    Lane,
    conclude,
    delivery_id,
    dropped,
)
from lipwire.usecases.deliver_webhook import LEASE
from tests.support.builders import an_account
from tests.support.fakes_webhooks import a_delivery, an_endpoint

IDS = RandomIds()
#: Far from now: the platform's own sweeper leaves these deliveries alone.
LATER = datetime(2099, 5, 4, 12, 30, tzinfo=UTC)


class Stores:
    """The stores over the platform's own tables, and an account of the test's own."""

    def __init__(self, platform) -> None:
        self.client = platform.aws("dynamodb")
        self.table = platform.names["WEBHOOKS_TABLE"]
        outbox = OutboxRows(table=platform.names["OUTBOX_TABLE"], ids=IDS)
        active = ActiveAccounts(table=platform.names["ACCOUNTS_TABLE"])
        self.endpoints = DynamoEndpoints(
            self.client, table=self.table, accounts=active, outbox=outbox
        )
        self.deliveries = DynamoDeliveries(
            self.client, table=self.table, accounts=active, clock=SystemClock()
        )
        self.outbox = DynamoOutbox(self.client, table=platform.names["OUTBOX_TABLE"])
        self.account_id = IDS.new("acct")
        account = an_account(id=self.account_id)
        self.client.put_item(
            TableName=platform.names["ACCOUNTS_TABLE"], Item=entity_item(account, pk=account.id)
        )

    def endpoint(self, **changes):
        """A stored endpoint."""
        values = {"id": IDS.new("whe"), "account_id": self.account_id}
        made = an_endpoint(**(values | changes))
        self.endpoints.add(made)
        return made

    def delivery(self, at=LATER, **changes):
        """A stored delivery that is due at `at`."""
        made = a_delivery(
            id=delivery_id(IDS.new("evt"), "x"),
            account_id=self.account_id,
            attempts=0,
            next_attempt_at=at,
            created_at=at,
            **changes,
        )
        assert self.deliveries.add(made)
        return made


@pytest.fixture
def stores(platform) -> Stores:
    """Stores and a fresh account."""
    return Stores(platform)


def test_endpoints_come_back_and_leave(stores):
    """Oldest first, to their own account only."""
    first = stores.endpoint(event_types=["job.failed"], description="Zoë")
    second = stores.endpoint()
    assert stores.endpoints.list(stores.account_id) == (first, second)
    assert stores.endpoints.get(stores.account_id, first.id) == first
    assert stores.endpoints.get("acct_other", first.id) is None
    with pytest.raises(EndpointNotFoundError):
        stores.endpoints.delete("acct_other", first.id)
    stores.endpoints.delete(stores.account_id, first.id)
    with pytest.raises(EndpointNotFoundError):
        stores.endpoints.delete(stores.account_id, first.id)
    assert stores.endpoints.list(stores.account_id) == (second,)


def test_an_endpoint_is_disabled_once(stores):
    """One of many at once; a deleted one not at all."""
    endpoint = stores.endpoint()
    outcomes = at_once(lambda: stores.endpoints.disable(endpoint, reason="receiver gone", at=LATER))
    assert outcomes.count(True) == 1
    found = stores.endpoints.get(stores.account_id, endpoint.id)
    assert (found.status, found.disabled_reason) == (EndpointStatus.DISABLED, "receiver gone")
    stores.endpoints.delete(stores.account_id, endpoint.id)
    assert stores.endpoints.disable(endpoint, reason="again", at=LATER) is False
    assert stores.endpoints.list(stores.account_id) == ()


def test_a_delivery_is_added_once(stores):
    """A repeated event changes nothing of what has become of it."""
    delivery = stores.delivery()
    claimed = stores.deliveries.claim(delivery.id, at=LATER, until=LATER + LEASE)
    assert not stores.deliveries.add(delivery)
    changes = {"attempts": 1, "next_attempt_at": LATER + LEASE, "flight": claimed.flight}
    assert claimed == delivery.model_copy(update=changes)
    assert claimed.flight in range(IN_FLIGHT[Lane.LIVE])


@pytest.mark.fault(98)
def test_sixteen_workers_at_once_make_one_attempt(stores):
    """One claims it, fifteen find it claimed."""
    delivery = stores.delivery()
    outcomes = at_once(lambda: stores.deliveries.claim(delivery.id, at=LATER, until=LATER + LEASE))
    assert [one.attempts for one in outcomes if one] == [1]


def test_a_claim_needs_its_time_and_a_pending_row(stores):
    """A microsecond early is early; done is done; unknown is unknown."""
    delivery = stores.delivery()
    early = LATER - timedelta(microseconds=1)
    assert stores.deliveries.claim(delivery.id, at=early, until=LATER) is None
    claimed = stores.deliveries.claim(delivery.id, at=LATER, until=LATER + LEASE)
    assert stores.deliveries.conclude(dropped(claimed, "test"), None)
    much_later = LATER + timedelta(days=9)
    assert stores.deliveries.claim(delivery.id, at=much_later, until=much_later) is None
    assert stores.deliveries.claim("dlv_unknown", at=LATER, until=LATER) is None


def test_a_worker_given_up_for_dead_writes_nothing(stores):
    """Neither outcome nor attempt."""
    delivery = stores.delivery()
    slow = stores.deliveries.claim(delivery.id, at=LATER, until=LATER + LEASE)
    quick = stores.deliveries.claim(delivery.id, at=LATER + LEASE, until=LATER + 2 * LEASE)
    assert quick.attempts == 2
    for claimed, expected in ((slow, False), (quick, True)):
        answer = Answer(status=200, excerpt="ok", elapsed_ms=12)
        done = conclude(claimed, answer, at=LATER, randomness=0)
        attempt = Attempt(delivery_id=claimed.id, number=claimed.attempts, at=LATER, answer=answer)
        assert stores.deliveries.conclude(done, attempt) is expected
    rows = stores.client.query(
        TableName=stores.table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": delivery.id}},
        ConsistentRead=True,
    )["Items"]
    assert [row["sk"]["S"] for row in rows] == ["att#02", "delivery"]
    assert rows[1]["status"]["S"] == DeliveryStatus.DELIVERED


def test_what_is_due_is_found_in_order_until_it_is_done(stores):
    """Whole and broken seconds sort as time does; what is final, early or asked for again is not found."""
    times = [LATER + timedelta(milliseconds=ms) for ms in (1000, 1, 0, 500, 5000)]
    made = [stores.delivery(at=at) for at in times]
    again = stores.delivery(replay_of=made[0].id)

    def due(lane, at):
        found = stores.deliveries.due(stores.account_id, lane, at=at, limit=500)
        return [one.next_attempt_at for one in found]

    assert due(Lane.LIVE, LATER + timedelta(seconds=1)) == sorted(times[:4])
    assert due(Lane.REPLAY, LATER) == [again.next_attempt_at]
    for one in made:
        claimed = stores.deliveries.claim(one.id, at=LATER + LEASE, until=LATER + 2 * LEASE)
        assert stores.deliveries.conclude(dropped(claimed, "test"), None)
        stores.deliveries.release(claimed)
    assert due(Lane.LIVE, LATER + timedelta(days=1)) == []


@pytest.mark.fault(104)
def test_no_more_are_in_flight_than_an_account_may_have(stores):
    """Sixteen deliveries claimed at once find ten places; each that is given back, or outlived, goes to another."""
    made = [stores.delivery() for _ in range(16)]
    waiting = iter(made)
    lock = threading.Lock()

    def claim_one():
        with lock:
            one = next(waiting)
        return stores.deliveries.claim(one.id, at=LATER, until=LATER + LEASE)

    claimed = [one for one in at_once(claim_one) if one]
    assert sorted(one.flight for one in claimed) == list(range(IN_FLIGHT[Lane.LIVE]))
    left = [one for one in made if one.id not in {other.id for other in claimed}]

    def claims(one, at):
        return stores.deliveries.claim(one.id, at=at, until=at + LEASE)

    assert claims(left[0], LATER) is None
    stores.deliveries.release(claimed[0])
    stores.deliveries.release(claimed[0])
    took = claims(left[0], LATER)
    assert took.flight == claimed[0].flight
    # The former holder is told late that its place is gone: it leaves it alone.
    stores.deliveries.release(claimed[0])
    assert claims(left[1], LATER) is None
    assert claims(left[1], LATER + LEASE) is not None
    # What is asked for again has places of its own.
    assert claims(stores.delivery(replay_of=made[0].id), LATER) is not None


def test_accounts_with_pending_deliveries_are_looked_after(stores):
    """Once a minute, from their first delivery to an hour after their last."""
    delivery = stores.delivery()

    def waits(at):
        return stores.account_id in stores.deliveries.waiting_accounts(at=at, limit=10_000)

    now = datetime.now(UTC)
    assert waits(LATER)
    stores.deliveries.looked_after(stores.account_id, at=LATER)
    assert not waits(LATER)
    assert waits(LATER + timedelta(minutes=1))
    claimed = stores.deliveries.claim(delivery.id, at=LATER, until=LATER + LEASE)
    assert stores.deliveries.conclude(dropped(claimed, "test"), None)
    stores.deliveries.looked_after(stores.account_id, at=now + timedelta(minutes=30))
    assert waits(LATER)
    stores.deliveries.looked_after(stores.account_id, at=LATER)
    assert not waits(LATER + timedelta(days=1))


def test_the_log_lists_newest_first_and_pages(stores):
    """By endpoint, status and time, to its own account only."""
    endpoint = stores.endpoint()
    start = datetime.now(UTC).replace(microsecond=0)
    made = [
        stores.delivery(at=start + timedelta(seconds=n), endpoint_id=endpoint.id if n % 2 else None)
        for n in range(5)
    ]
    ids = [one.id for one in made][::-1]

    def listed(limit=10, cursor=None, **wanted):
        page = stores.deliveries.log(
            stores.account_id, DeliveryFilter(**wanted), limit=limit, cursor=cursor
        )
        return [one.id for one in page.items], page.next_cursor

    assert listed() == (ids, None)
    first, cursor = listed(limit=2)
    second, cursor = listed(limit=2, cursor=cursor)
    third, cursor = listed(limit=2, cursor=cursor)
    assert (first + second + third, cursor) == (ids, None)
    assert listed(endpoint_id=endpoint.id)[0] == [ids[1], ids[3]]
    since, until = start + timedelta(seconds=1), start + timedelta(seconds=3)
    assert listed(since=since, until=until)[0] == ids[2:4]
    assert listed(statuses={DeliveryStatus.DROPPED})[0] == []
    assert stores.deliveries.get(stores.account_id, ids[0]) == made[-1]
    assert stores.deliveries.get("acct_other", ids[0]) is None


def test_endpoints_change_under_a_version_and_count_failures(stores):
    """Of two owners at once one is refused; failures are counted until something arrives."""
    endpoint = stores.endpoint()
    changed = stores.endpoints.replace(endpoint.model_copy(update={"description": "new"}))
    with pytest.raises(ConcurrentChangeError):
        stores.endpoints.replace(endpoint)
    for number in (1, 2):
        at = LATER + timedelta(days=number)
        noted = stores.endpoints.note_failure(changed, at=at, deliveries=1)
        assert (noted.failures, noted.failing_since) == (number, LATER + timedelta(days=1))
    stores.endpoints.note_success(changed)
    found = stores.endpoints.get(stores.account_id, endpoint.id)
    assert (found, found.description) == (changed, "new")
    stores.endpoints.delete(stores.account_id, endpoint.id)
    assert stores.endpoints.note_failure(changed, at=LATER, deliveries=1) is None


def test_what_is_heard_of_an_old_url_does_not_touch_the_new_one(stores):
    """And an owner's change leaves what was counted since it was read, unless it begins afresh."""
    old = stores.endpoint(description="mine", disabled_reason="once")
    new = stores.endpoints.replace(
        old.model_copy(update={"url": "https://new.example.com/", "disabled_reason": None})
    )
    assert stores.endpoints.disable(old, reason="receiver gone", at=LATER) is False
    assert stores.endpoints.note_failure(old, at=LATER, deliveries=1) is None
    stores.endpoints.note_failure(new, at=LATER, deliveries=2)
    stores.endpoints.note_success(old)
    counted = stores.endpoints.replace(new)
    found = stores.endpoints.get(stores.account_id, old.id)
    assert (found.failures, found.failing_since, found.version) == (2, LATER, 2)
    stores.endpoints.replace(counted, afresh=True)
    found = stores.endpoints.get(stores.account_id, old.id)
    assert found == new.model_copy(update={"version": 3})


def test_a_row_that_cannot_be_read_holds_up_no_other(stores):
    """Neither an endpoint nor a delivery."""
    endpoint, delivery = stores.endpoint(), stores.delivery()
    for sk, broken in (("whe_0", {}), ("delivery", {"due": f"{stores.account_id}#live"})):
        item = {"sk": sk, "next_attempt_at": "2000-01-01T00:00:00.000000Z", **broken}
        item["pk"] = stores.account_id if sk == "whe_0" else IDS.new("dlv")
        stores.client.put_item(TableName=stores.table, Item=to_item(item))
    assert stores.endpoints.list(stores.account_id) == (endpoint,)
    assert stores.deliveries.due(stores.account_id, Lane.LIVE, at=LATER, limit=9) == (delivery,)


def test_many_deliveries_are_added_in_few_writes(stores):
    """More than one transaction holds; all of them are due and in the list."""
    made = [
        a_delivery(
            id=delivery_id(IDS.new("evt"), "x"), account_id=stores.account_id, attempts=0
        ).model_copy(update={"created_at": LATER, "next_attempt_at": LATER})
        for _ in range(60)
    ]
    stores.deliveries.add_all(made)
    due = stores.deliveries.due(stores.account_id, Lane.LIVE, at=LATER, limit=100)
    assert {one.id for one in due} == {one.id for one in made}
    page = stores.deliveries.log(stores.account_id, DeliveryFilter(), limit=100, cursor=None)
    assert len(page.items) == 60
    with pytest.raises(ConcurrentChangeError):
        stores.deliveries.add_all(made[:1])


def test_the_outbox_gives_old_rows_and_forgets_published_ones(stores):
    """Deleting twice is harmless."""
    row_id = IDS.new("out")
    item = outbox_item(
        row_id,
        kind="stop_job",
        payload=json.dumps({"job_id": IDS.new("job")}),
        account_id=stores.account_id,
        created_at=LATER,
    )

    def older_than(moment):
        return [row for row in stores.outbox.older_than(moment) if row.id == row_id]

    table = stores.outbox._table
    stores.client.put_item(TableName=table, Item=item)
    assert older_than(LATER) == []
    found = older_than(LATER + timedelta(seconds=1))
    # The table's own publisher may have been quicker than this test.
    gone = "Item" not in stores.client.get_item(TableName=table, Key={"pk": {"S": row_id}})
    assert gone or found == [outbox_row(from_item(item))]
    for _ in range(2):
        stores.outbox.delete(row_id)
    assert older_than(LATER + timedelta(seconds=1)) == []


def test_a_queue_takes_a_wake_up_with_group_and_delay(platform):
    """On a standard queue, as the delivery queue is one."""
    sqs = platform.aws("sqs")
    url = sqs.create_queue(QueueName=f"test-{IDS.secret(32)}")["QueueUrl"]
    queue, delivery = SqsDeliveryQueue(sqs, url=url), a_delivery()
    queue.wake(delivery)
    queue.wake(delivery, delay_s=900)
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=1
    )
    (message,) = answer["Messages"]
    assert json.loads(message["Body"]) == {"delivery_id": delivery.id}
    assert message["Attributes"]["MessageGroupId"] == delivery.account_id
    sqs.purge_queue(QueueUrl=url)
    queue.wake_all([a_delivery(id=f"dlv_{number:026d}") for number in range(12)])
    found = set()
    for _ in range(5):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        found |= {json.loads(one["Body"])["delivery_id"] for one in answer.get("Messages", [])}
        if len(found) == 12:
            break
    assert found == {f"dlv_{number:026d}" for number in range(12)}
    sqs.delete_queue(QueueUrl=url)


def at_once(act):
    """What sixteen threads got that did the same at the same moment."""
    start, outcomes = threading.Barrier(16), []

    def run():
        start.wait()
        outcomes.append(act())

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
