"""The counters' rows over DynamoDB in memory: every branch, without an emulator. Races: tests/integration/test_limits.py."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lipwire.adapters.dynamodb import limits as module
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.table import Transaction, from_item
from lipwire.domain.errors import BusyError, TooManyActiveJobsError
from lipwire.domain.limits import Rate, micros
from tests.support.builders import ACCOUNT, NOW
from tests.support.memory_dynamodb import MemoryDynamoDB

RATE = Rate(per_minute=60, burst=3)
ONE = {"account": RATE}


@pytest.fixture
def client() -> MemoryDynamoDB:
    """An empty table."""
    return MemoryDynamoDB({"limits": ("pk", None)})


@pytest.fixture
def limits(client) -> DynamoLimits:
    """One process."""
    return DynamoLimits(client, table="limits")


def remaining(limits, at=NOW, rates=None) -> dict[str, int | None]:
    """What is left of each limit after one more request; None where that one refuses it."""
    found = limits.take(ACCOUNT, rates or ONE, at=at).decisions
    return {name: one.remaining if one.is_allowed else None for name, one in found.items()}


def row(client) -> dict:
    """The account's row of rates."""
    return from_item(client.tables["limits"][f"rate#{ACCOUNT}",])


def test_a_burst_passes_and_then_one_for_each_interval(client, limits):
    """Told as it stands after the request; the row leaves an hour after its last TAT."""
    assert [remaining(limits)["account"] for _ in range(4)] == [2, 1, 0, None]
    assert row(client)["account"] == micros(NOW) + 3 * 1_000_000
    assert row(client)["expires_at"] == micros(NOW) // 1_000_000 + 3 + 3600
    second = NOW + timedelta(seconds=1)
    assert [remaining(limits, second)["account"] for _ in range(2)] == [0, None]
    assert remaining(limits, NOW + timedelta(minutes=1)) == {"account": 2}


def test_memory_that_is_wrong_costs_one_more_write(client, limits):
    """Another process took the burst meanwhile: this one hears it from the row that refuses."""
    other = DynamoLimits(client, table="limits")
    assert remaining(limits) == {"account": 2}
    assert remaining(other) == {"account": 1}
    assert remaining(limits) == {"account": 0}
    writes = len(client.writes)
    assert remaining(other) == {"account": None}
    assert len(client.writes) == writes + 1
    assert remaining(other) == {"account": None}
    assert len(client.writes) == writes + 1


def test_a_row_that_has_left_is_made_anew(client, limits):
    """What is remembered of it is wrong once."""
    assert remaining(limits) == {"account": 2}
    client.tables["limits"].clear()
    assert remaining(limits) == {"account": 2}


def test_all_limits_are_moved_or_none(client, limits):
    """A key that is spent takes nothing from its account."""
    both = {"account": RATE, "key:a": Rate(per_minute=60, burst=1)}
    assert remaining(limits, rates=both) == {"account": 2, "key:a": 0}
    assert remaining(limits, rates=both) == {"account": 2, "key:a": None}
    assert row(client)["account"] == micros(NOW) + 1_000_000
    assert remaining(limits) == {"account": 1}


@pytest.mark.fault(16)
@pytest.mark.parametrize(
    "code",
    [
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    ],
)
def test_what_the_table_does_not_take_is_busy(client, limits, code):
    """Refused, as is what gets no answer; anything else is a bug, and is told as one."""

    def fails(error):
        def act():
            raise error

        client.faults = {len(client.writes): act}

    fails(ClientError({"Error": {"Code": code}}, "UpdateItem"))
    with pytest.raises(BusyError):
        remaining(limits)
    fails(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    with pytest.raises(BusyError):
        remaining(limits)
    fails(ClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem"))
    with pytest.raises(ClientError):
        remaining(limits)
    assert remaining(limits) == {"account": 2}


def test_a_row_that_changes_under_every_try_is_busy(client, limits):
    """Four tries, then no more."""
    seconds = iter((5, -1, 5, -1))

    def move():
        # Ahead of the clock when it was seen behind it, and the other way round.
        at = micros(NOW) + next(seconds) * 1_000_000
        client.tables["limits"][f"rate#{ACCOUNT}",] = {
            "pk": {"S": f"rate#{ACCOUNT}"},
            "account": {"N": str(at)},
        }

    wide = {"account": Rate(per_minute=60, burst=10)}
    begin = len(client.writes)
    client.faults = {begin + n: move for n in range(4)}
    with pytest.raises(BusyError):
        remaining(limits, rates=wide)
    assert len(client.writes) == begin + 4


def test_what_is_remembered_stays_bounded(client, monkeypatch):
    """A thousand accounts; forgetting costs a write, never a wrong answer."""
    limits = DynamoLimits(client, table="limits")
    for number in range(module._REMEMBERED + 1):
        limits._remember(f"acct_{number}", {})
    assert list(limits._seen) == [f"acct_{module._REMEMBERED}"]


def begun(client, limits, *jobs, most=2) -> bool:
    """Whether these jobs have a place now."""
    transaction = Transaction(client)
    limits.begin(transaction, ACCOUNT, jobs, most=most)
    try:
        transaction.commit()
    except TooManyActiveJobsError:
        return False
    return True


def test_as_many_jobs_are_active_as_there_may_be(client, limits):
    """All of a request or none; a job that ends twice gives its place back once."""
    assert limits.active(ACCOUNT) == frozenset()
    transaction = Transaction(client)
    limits.begin(transaction, ACCOUNT, ["a"], most=0)
    with pytest.raises(TooManyActiveJobsError) as refused:
        transaction.commit()
    assert refused.value.fields == {"limit": 0, "retry_after_s": 10}
    assert not begun(client, limits, "a", "b", "c")
    assert not begun(client, limits, "a", most=0)
    assert begun(client, limits, "a", "b")
    assert not begun(client, limits, "c")
    for ended in ("a", "a", "unknown"):
        transaction = Transaction(client)
        limits.end(transaction, ACCOUNT, ended)
        transaction.commit()
    assert limits.active(ACCOUNT) == {"b"}
    assert begun(client, limits, "c")
    assert not begun(client, limits, "d")


def test_a_use_is_noted_once_a_minute(client, limits):
    """To the minute; a key that was never used is left out, and what can't be noted fails no request."""
    limits.note_use("k1", at=NOW)
    limits.note_use("k1", at=NOW + timedelta(seconds=59))
    limits.note_use("k2", at=NOW + timedelta(seconds=59))
    assert limits.last_uses(["k1", "k2", "k3"]) == {"k1": NOW, "k2": NOW + timedelta(seconds=59)}
    limits.note_use("k1", at=NOW + timedelta(seconds=60))
    assert limits.last_uses(["k1"]) == {"k1": NOW + timedelta(seconds=60)}
    kept = from_item(client.tables["limits"]["used#k1",])["expires_at"]
    assert kept == int((NOW + timedelta(days=400, seconds=60)).timestamp())

    def fail():
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    client.faults = {len(client.writes): fail}
    limits.note_use("k3", at=NOW)
    assert limits.last_uses(["k3"]) == {}


def test_uses_are_read_a_hundred_at_a_time(client, limits):
    """Which is all that one read takes."""
    asked = []
    read = client.batch_get_item

    def counting(*, RequestItems):  # noqa: N803
        asked.append(len(RequestItems["limits"]["Keys"]))
        return read(RequestItems=RequestItems)

    client.batch_get_item = counting
    limits.note_use("k249", at=NOW)
    assert limits.last_uses(f"k{number}" for number in range(250)) == {"k249": NOW}
    assert asked == [100, 100, 50]
