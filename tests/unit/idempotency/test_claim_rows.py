"""Claims over DynamoDB in memory: every branch, without an emulator. Races: tests/integration/test_idempotency.py."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims
from lipwire.adapters.dynamodb.table import Transaction, from_item
from lipwire.domain.errors import IdempotencyInProgressError
from lipwire.domain.idempotency import KEPT_FOR, LEASE, Answer, KeyedRequest, new_claim, pack
from tests.support.builders import ACCOUNT, NOW
from tests.support.memory_dynamodb import MemoryDynamoDB

ANSWER = Answer(status=202, body="{}", content_type="application/json", headers={"A": "b"})


@pytest.fixture
def client() -> MemoryDynamoDB:
    """An empty table."""
    return MemoryDynamoDB({"keys": ("pk", "sk")})


@pytest.fixture
def claims(client) -> DynamoKeyClaims:
    """The store."""
    return DynamoKeyClaims(client, table="keys")


def a_claim(by="us", *, at=NOW, fingerprint="f"):
    """A claim on the one key of these tests."""
    request = KeyedRequest(account_id=ACCOUNT, route="POST /jobs", key="k", fingerprint=fingerprint)
    return new_claim(request, claimed_by=by, at=at)


def keep(client, claims, claim) -> None:
    """A transaction that keeps the answer and nothing else."""
    transaction = Transaction(client)
    claims.keep(transaction, claim, pack(ANSWER, claim, secret=None))
    transaction.commit()


def test_a_claim_keeps_others_out_until_its_lease_is_over(client, claims):
    """Then the next one has it; one that is put twice is ours."""
    first, later = a_claim(), NOW + LEASE
    assert claims.claim(first, at=NOW) is None
    assert claims.claim(first, at=NOW) is None
    found = claims.claim(a_claim("other"), at=later - timedelta(seconds=1))
    assert (found.claimed_by, found.fingerprint, found.answer) == ("us", "f", None)
    assert (found.account_id, found.id) == (ACCOUNT, first.id)
    assert claims.claim(a_claim("other", at=later), at=later) is None
    assert claims.claim(a_claim("third", at=later), at=later).claimed_by == "other"
    (row,) = client.tables["keys"].values()
    assert from_item(row)["expires_at"] == int((later + KEPT_FOR).timestamp()) + 1


def test_an_answer_is_found_for_72_hours(client, claims):
    """Byte for byte; then the key is free, whether the table's time to live has come by or not."""
    claim = a_claim()
    claims.claim(claim, at=NOW)
    keep(client, claims, claim)
    end = NOW + KEPT_FOR
    almost = end - timedelta(seconds=1)
    assert claims.claim(a_claim("other", at=almost), at=almost).answer == pack(
        ANSWER, claim, secret=None
    )
    assert claims.claim(a_claim("other", at=end), at=end) is None
    assert claims.claim(a_claim("third", at=end), at=end).answer is None


def test_whoever_lost_the_claim_keeps_nothing(client, claims):
    """Nor does whoever has answered already."""
    slow, quick, later = a_claim(), a_claim("quick", at=NOW + LEASE), NOW + LEASE
    claims.claim(slow, at=NOW)
    claims.claim(quick, at=later)
    with pytest.raises(IdempotencyInProgressError):
        keep(client, claims, slow)
    keep(client, claims, quick)
    with pytest.raises(IdempotencyInProgressError):
        keep(client, claims, quick)


def test_an_answer_that_comes_in_the_last_moment_is_not_overwritten(client, claims):
    """Between the look at a claim that seemed dead and its take-over; it is the answer that is found."""
    slow, later = a_claim(), NOW + LEASE
    claims.claim(slow, at=NOW)
    number = len(client.writes)
    client.faults = {number + 1: lambda: keep(client, claims, slow)}
    assert claims.claim(a_claim("other", at=later), at=later).answer is not None


def test_of_two_that_take_over_one_does(client, claims):
    """The second finds the first one's claim; of an answer that is too old likewise."""
    claims.claim(a_claim(), at=NOW)
    later, end = NOW + LEASE, NOW + LEASE + KEPT_FOR
    number = len(client.writes)
    client.faults = {number + 1: lambda: claims.claim(a_claim("quick", at=later), at=later)}
    assert claims.claim(a_claim("slow", at=later), at=later).claimed_by == "quick"
    keep(client, claims, a_claim("quick", at=later))
    number = len(client.writes)
    client.faults = {number + 1: lambda: claims.claim(a_claim("next", at=end), at=end)}
    assert claims.claim(a_claim("late", at=end), at=end).claimed_by == "next"


def test_only_its_holder_gives_a_claim_up_and_only_before_the_answer(client, claims):
    """What can't be given up now ends with its lease."""
    claim, other = a_claim(), a_claim("other")
    claims.claim(claim, at=NOW)
    claims.give_up(other)

    def fail():
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    client.faults = {len(client.writes): fail}
    claims.give_up(claim)
    assert claims.claim(other, at=NOW) is not None
    claims.give_up(claim)
    assert claims.claim(other, at=NOW) is None
    keep(client, claims, other)
    claims.give_up(other)
    assert claims.claim(claim, at=NOW).answer is not None


def test_what_is_no_condition_is_raised(client, claims):
    """A throttled table is nobody's claim."""

    def fail():
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    client.faults = {len(client.writes): fail}
    with pytest.raises(ClientError):
        claims.claim(a_claim(), at=NOW)
