"""One key, one job: the claims on the emulator's DynamoDB, under threads."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.adapters.system import RandomIds
from lipwire.domain.errors import IdempotencyInProgressError
from lipwire.domain.idempotency import KEPT_FOR, LEASE, Answer, KeyedRequest, new_claim, pack
from tests.integration.test_stores import Stores
from tests.support.bare_tables import BareTables
from tests.support.builders import NOW
from tests.support.idempotency_races import Races

IDS = RandomIds()
ANSWER = Answer(status=202, body="{}", content_type="application/json", headers={"A": "b"})


@pytest.fixture
def stores(platform) -> Iterator[Stores]:
    """An account with ten credits, whose jobs start nothing."""
    tables = BareTables(platform)
    made = Stores(tables)
    made.ledger.grant(made.account_id, 10_000, grant_id="first", at=NOW)
    yield made
    tables.delete()


@pytest.fixture
def claims(platform) -> DynamoKeyClaims:
    """The platform's own table."""
    return DynamoKeyClaims(platform.aws("dynamodb"), table=platform.names["IDEMPOTENCY_TABLE"])


def a_claim(*, at=NOW, key="k-1", account=None, fingerprint="f"):
    """A claim nobody else has."""
    request = KeyedRequest(
        account_id=account or IDS.new("acct"),
        route="POST /jobs",
        key=key,
        fingerprint=fingerprint,
    )
    return new_claim(request, claimed_by=IDS.new("clm"), at=at)


def again(claim, *, at):
    """Somebody else's claim on the same key."""
    leased = {"leased_until": at + LEASE, "kept_until": at + KEPT_FOR}
    return claim.model_copy(update={"claimed_by": IDS.new("clm"), **leased})


def keep(claims, platform, claim):
    """A transaction that keeps the answer and nothing else."""
    transaction = Transaction(platform.aws("dynamodb"))
    claims.keep(transaction, claim, pack(ANSWER, claim, secret=None))
    transaction.commit()


def test_a_claim_keeps_others_out_until_its_lease_is_over(claims):
    """Then the next one has it, and the third finds that one's."""
    first = a_claim()
    assert claims.claim(first, at=NOW) is None
    assert claims.claim(again(first, at=NOW), at=NOW).claimed_by == first.claimed_by
    later = NOW + LEASE
    second = again(first, at=later)
    assert claims.claim(second, at=later) is None
    assert claims.claim(again(first, at=later), at=later).claimed_by == second.claimed_by


def test_a_claim_that_is_put_twice_is_ours(claims):
    """The SDK repeats a put whose answer was lost."""
    claim = a_claim()
    assert claims.claim(claim, at=NOW) is None
    assert claims.claim(claim, at=NOW) is None


def test_an_answer_is_found_for_72_hours(claims, platform):
    """Whether the table's time to live has come by or not."""
    claim = a_claim()
    claims.claim(claim, at=NOW)
    keep(claims, platform, claim)
    almost = NOW + KEPT_FOR - timedelta(seconds=1)
    found = claims.claim(again(claim, at=almost), at=almost)
    assert found.answer == pack(ANSWER, claim, secret=None)
    assert found.fingerprint == "f"
    assert claims.claim(again(claim, at=NOW + KEPT_FOR), at=NOW + KEPT_FOR) is None


def test_whoever_lost_the_claim_keeps_nothing(claims, platform):
    """Its whole transaction fails, so nothing is made twice."""
    slow, later = a_claim(), NOW + LEASE
    claims.claim(slow, at=NOW)
    quick = again(slow, at=later)
    claims.claim(quick, at=later)
    with pytest.raises(IdempotencyInProgressError):
        keep(claims, platform, slow)
    keep(claims, platform, quick)
    with pytest.raises(IdempotencyInProgressError):
        keep(claims, platform, quick)


def test_an_answer_that_comes_in_the_last_moment_is_not_overwritten(claims, platform):
    """Between the look and the take-over of a claim that seemed dead."""
    slow, later = a_claim(), NOW + LEASE

    class Late(DynamoKeyClaims):
        def _put(self, claim, *, condition, values):
            found = super()._put(claim, condition=condition, values=values)
            if not values:
                keep(claims, platform, slow)
            return found

    claims.claim(slow, at=NOW)
    late = Late(platform.aws("dynamodb"), table=platform.names["IDEMPOTENCY_TABLE"])
    found = late.claim(again(slow, at=later), at=later)
    assert found.answer is not None


def test_a_claim_that_is_given_up_is_free_and_an_answer_is_not(claims, platform):
    """Only the claim's own holder can, and only before it answered."""
    claim = a_claim()
    claims.claim(claim, at=NOW)
    other = again(claim, at=NOW)
    claims.give_up(other)
    assert claims.claim(other, at=NOW) is not None
    claims.give_up(claim)
    assert claims.claim(other, at=NOW) is None
    keep(claims, platform, other)
    claims.give_up(other)
    assert claims.claim(claim, at=NOW).answer is not None


@pytest.mark.fault(3)
@pytest.mark.parametrize(("races", "writers"), [(1, 64), (100, 2)])
def test_of_many_at_once_one_makes_the_job(stores, claims, races, writers):
    """One job and one hold, and everybody else waits or gets its answer; `make soak` runs 1,000 races of 64."""
    started = Races(stores, claims)
    for _ in range(races):
        assert started.run(writers=writers) == {"made": 1, "jobs": 1, "holds": 1}


def test_a_job_and_its_answer_are_one_write(stores, claims):
    """A job that can't be held leaves neither, and its key is free."""
    races = Races(stores, claims, held=10_001)
    key = IDS.new("key")
    assert races.post(key) == "insufficient_credits"
    races.held = 1
    assert races.post(key) == "made"
    assert races.post(key) == "replayed"
