"""Limits on DynamoDB: exact with many writers, one call where one is enough, and never a reason for a lost job."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.domain.errors import BusyError, TooManyActiveJobsError
from lipwire.domain.limits import Rate
from tests.support.call_counts import warm_calls
from tests.support.limit_races import LimitRaces, most_in_any_window

IDS = RandomIds()
#: The table forgets what is past.
NOW = SystemClock().now()
RATE = Rate(per_minute=600, burst=10)


@pytest.fixture
def table(platform):
    """Client and name of the table."""
    return platform.aws("dynamodb"), platform.names["LIMITS_TABLE"]


@pytest.fixture
def limits(table) -> DynamoLimits:
    """One process's view."""
    return DynamoLimits(table[0], table=table[1])


class Counting:
    """A client that counts its calls, and fails the next ones as it is told."""

    def __init__(self, client) -> None:
        self._client, self.calls = client, 0
        self.fails: list[str] = []

    def __getattr__(self, name):
        def call(**arguments):
            self.calls += 1
            if self.fails:
                code = self.fails.pop(0)
                if code == "no answer":
                    raise ConnectTimeoutError(endpoint_url="https://dynamodb")
                raise ClientError({"Error": {"Code": code}}, name)
            return getattr(self._client, name)(**arguments)

        return call


@pytest.mark.fault(15)
@pytest.mark.parametrize(("races", "writers", "each"), [(1, 64, 4), (100, 2, 1)])
def test_no_window_passes_more_than_its_share_and_the_burst(table, races, writers, each):
    """Whoever comes at once; `make soak` runs 1,000 races of 64."""
    rate = RATE if writers > 2 else Rate(per_minute=1, burst=1)
    for _ in range(races):
        count, moments = LimitRaces(*table).burst(rate, writers=writers, each=each)
        assert count >= rate.burst
        assert most_in_any_window(moments, rate)


@pytest.mark.parametrize(("races", "writers", "most"), [(1, 64, 5), (50, 2, 1)])
def test_no_more_jobs_are_active_than_there_may_be(table, races, writers, most):
    """Exactly as many as there is room for; `make soak` runs 1,000 races of 64."""
    for _ in range(races):
        assert LimitRaces(*table).begin(writers=writers, most=most) == (most, most)


def test_a_job_ends_once_however_often_it_is_ended(table, limits):
    """Each place is given back once; a job that was never counted gives none."""
    client, _ = table
    account_id = IDS.new("acct")
    jobs = [IDS.new("job") for _ in range(3)]

    def begun(*job_ids) -> bool:
        transaction = Transaction(client)
        limits.begin(transaction, account_id, job_ids, most=3)
        try:
            transaction.commit()
        except TooManyActiveJobsError:
            return False
        return True

    assert not begun(*jobs, IDS.new("job"))
    assert begun(*jobs)
    assert not begun(IDS.new("job"))
    for ended in (jobs[0], jobs[0], IDS.new("job")):
        transaction = Transaction(client)
        limits.end(transaction, account_id, ended)
        transaction.commit()
    assert limits.active(account_id) == set(jobs[1:])
    assert begun(jobs[0])
    assert not begun(IDS.new("job"))


def test_one_call_is_enough_and_two_are_the_most(table):
    """One where memory is right, two where another process was there, none where memory says no."""
    client = Counting(table[0])
    one, other = (DynamoLimits(client, table=table[1]) for _ in range(2))
    account_id, rates = IDS.new("acct"), {"account": Rate(per_minute=60, burst=3)}
    assert one.take(account_id, rates, at=NOW).decisions["account"].remaining == 2
    assert client.calls == 1
    assert one.take(account_id, rates, at=NOW).decisions["account"].remaining == 1
    assert client.calls == 2
    assert other.take(account_id, rates, at=NOW).decisions["account"].remaining == 0
    assert client.calls == 4
    for asked, calls in ((other, 4), (one, 5), (one, 5)):
        assert not asked.take(account_id, rates, at=NOW).decisions["account"].is_allowed
        assert client.calls == calls
    assert (
        one.take(account_id, rates, at=NOW + timedelta(minutes=1)).decisions["account"].remaining
        == 2
    )
    assert client.calls == 6


def test_a_request_counts_against_all_its_limits_or_none(limits):
    """A key that is spent takes nothing from its account."""
    account_id = IDS.new("acct")
    both = {"account": RATE, "key:a": Rate(per_minute=1, burst=1)}
    assert limits.take(account_id, both, at=NOW).decisions["account"].remaining == 9
    refused = limits.take(account_id, both, at=NOW).decisions
    assert (refused["account"].remaining, refused["key:a"].is_allowed) == (9, False)
    assert limits.take(account_id, {"account": RATE}, at=NOW).decisions["account"].remaining == 8
    other = {"account": RATE, "key:b": Rate(per_minute=1, burst=1)}
    assert limits.take(account_id, other, at=NOW).decisions["account"].remaining == 7


@pytest.mark.fault(16)
def test_what_cannot_be_counted_is_refused(table):
    """A throttled table, a row that changes under every try: busy; any other failure is a bug."""
    client = Counting(table[0])
    limits = DynamoLimits(client, table=table[1])
    account_id, rates = IDS.new("acct"), {"account": RATE}
    for failure in ("ThrottlingException", "InternalServerError", "no answer"):
        client.fails = [failure]
        with pytest.raises(BusyError):
            limits.take(account_id, rates, at=NOW)
    client.fails = ["ConditionalCheckFailedException"] * 4
    with pytest.raises(BusyError):
        limits.take(account_id, rates, at=NOW)
    client.fails = ["ValidationException"]
    with pytest.raises(ClientError):
        limits.take(account_id, rates, at=NOW)
    assert limits.take(account_id, rates, at=NOW).decisions["account"].remaining == 9


def test_the_last_use_is_noted_once_a_minute_at_best(table):
    """Whoever notes it; a table that doesn't answer fails no request."""
    client = Counting(table[0])
    limits = DynamoLimits(client, table=table[1])
    used, unused = ("".join(reversed(IDS.new("k")[-10:])) for _ in range(2))
    for seconds in (0, 59, 60, 90):
        limits.note_use(used, at=NOW + timedelta(seconds=seconds))
    assert limits.last_uses([used, unused]) == {used: NOW + timedelta(seconds=60)}
    for failure in ("InternalServerError", "no answer"):
        client.fails = [failure]
        limits.note_use(used, at=NOW + timedelta(hours=1))
    assert limits.last_uses([used]) == {used: NOW + timedelta(seconds=60)}
    assert limits.last_uses([]) == {}


def test_memory_of_many_accounts_is_given_up(table, limits):
    """It only saves calls: what it forgot is found again."""
    rates = {"account": Rate(per_minute=1, burst=1)}
    account_id = IDS.new("acct")
    limits.take(account_id, rates, at=NOW)
    limits._seen.update({f"acct_{number}": {} for number in range(1000)})
    limits.take(IDS.new("acct"), rates, at=NOW)
    assert account_id not in limits._seen
    assert not limits.take(account_id, rates, at=NOW).decisions["account"].is_allowed


def test_a_warm_create_asks_five_times_at_most_and_a_poll_twice(platform, monkeypatch):
    """Counted by the SDK's own events, from key to answer; authentication is remembered."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    calls = warm_calls(platform.aws("dynamodb"), platform.names)
    assert calls["create"] == ["UpdateItem", "GetItem", "GetItem", "TransactWriteItems"]
    assert len(calls["create under an idempotency key"]) <= 5
    assert len(calls["repeat of it"]) <= 5
    assert calls["poll"] == ["GetItem"]
    assert calls["account"] == ["GetItem", "GetItem"]
