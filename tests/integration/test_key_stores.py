"""Keys and plans on DynamoDB: who may act is asked again by the transaction that acts."""

from datetime import timedelta

import pytest

from lipwire.adapters.system import SystemClock
from lipwire.domain.errors import (
    ConcurrentChangeError,
    KeyEndedError,
    TooManyActiveJobsError,
    UnauthenticatedError,
)
from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import ApiKey, KeyMode, MintedKey, Scope, mint_key, whole_seconds
from lipwire.domain.plans import PLANS, PlanChanges
from tests.integration.test_stores import IDS, Stores
from tests.support.builders import a_report, an_account
from tests.support.limit_races import at_once
from tests.support.platform import until

#: The table forgets what is past.
NOW = whole_seconds(SystemClock().now())


@pytest.fixture
def stores(platform) -> Stores:
    """An account with ten credits."""
    made = Stores(platform)
    made.ledger.grant(made.account_id, 10_000, grant_id="first", at=NOW)
    return made


def minted(stores, **changes) -> MintedKey:
    """A key of the account that is not stored yet."""
    values = {"name": "k", "mode": KeyMode.LIVE, "scopes": tuple(Scope), "at": NOW}
    return mint_key(stores.account_id, secret=IDS.secret, **(values | changes))


def stored(stores, **changes) -> ApiKey:
    """A key that the account has."""
    key = minted(stores, **changes).record
    stores.accounts.add_key(key, by=None)
    return key


def close(stores) -> None:
    """The account may not call any more."""
    stores.client.update_item(
        TableName=stores.accounts._table,
        Key={"pk": {"S": stores.account_id}},
        UpdateExpression="SET #status = :closed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":closed": {"S": "closed"}},
    )


@pytest.mark.fault(13)
def test_an_expired_key_cannot_spend(stores):
    """To the second, whatever a function remembers of it."""
    key = stored(stores, valid_until=NOW + timedelta(minutes=1))

    def create(**later):
        job = stores.job(created_at=NOW + timedelta(**later), held_millicredits=1)
        stores.jobs.create(job, key_id=key.public_id, most_active=9)

    create(seconds=59, milliseconds=999)
    for later in ({"seconds": 60}, {"seconds": 60, "milliseconds": 1}, {"days": 1}):
        with pytest.raises(UnauthenticatedError):
            create(**later)
    with pytest.raises(UnauthenticatedError):
        stores.jobs.create(stores.job(), key_id="nosuchkey0", most_active=9)
    assert stores.ledger.balance(stores.account_id).held == 1


def test_a_closed_account_cannot_spend_nor_make_keys(stores):
    """Nor can an operator make it a key."""
    close(stores)
    with pytest.raises(UnauthenticatedError):
        stores.jobs.create(stores.job(), key_id=stores.key_id, most_active=9)
    for by in (stores.key_id, None):
        with pytest.raises(UnauthenticatedError):
            stores.accounts.add_key(minted(stores).record, by=by)


def test_a_revoked_key_changes_no_keys(stores):
    """Not even within the minute it may still read."""
    acting, other = stored(stores), stored(stores)
    stores.accounts.revoke(acting.public_id, at=NOW, by=acting.public_id)
    by = acting.public_id
    with pytest.raises(UnauthenticatedError):
        stores.accounts.add_key(minted(stores).record, by=by)
    with pytest.raises(UnauthenticatedError):
        stores.accounts.rotate_key(other, minted(stores).record, until=NOW, by=by)
    with pytest.raises(UnauthenticatedError):
        stores.accounts.revoke(other.public_id, at=NOW, by=by)
    assert stores.accounts.key(other.public_id) == other


@pytest.mark.fault(17)
def test_a_key_is_rotated_once(stores):
    """Sixteen at once, by the key itself: one new key, and the old one ends."""
    key = stored(stores)
    until, made = NOW + timedelta(hours=1), []

    def rotate(_number: int) -> None:
        new = minted(stores).record
        try:
            stores.accounts.rotate_key(key, new, until=until, by=key.public_id)
        except KeyEndedError:
            return
        made.append(new.public_id)

    at_once(16, rotate)
    old = stores.accounts.key(key.public_id)
    assert [old.replaced_by] == made
    assert old.valid_until == until
    keys = stores.accounts.keys(stores.account_id)
    assert {one.public_id for one in keys} == {stores.key_id, key.public_id, *made}


def test_a_key_is_stored_once_with_what_goes_with_it(stores):
    """The same id again is refused, and nothing is written."""
    key = minted(stores, scopes=("jobs",), requests_per_minute=3).record
    added = []
    stores.accounts.add_key(key, by=stores.key_id, also=added.append)
    assert len(added) == 1
    assert stores.accounts.key(key.public_id) == key
    with pytest.raises(ConcurrentChangeError):
        stores.accounts.add_key(key, by=stores.key_id)
    new = minted(stores).record
    stores.accounts.rotate_key(key, new, until=NOW, by=stores.key_id, also=added.append)
    assert len(added) == 2


def test_a_plan_is_changed_for_accounts_that_are_there(stores):
    """With limits of its own; the next caller has them."""
    changes = PlanChanges(max_active_jobs=2, burst=7)
    stores.accounts.set_plan(stores.account_id, "custom", changes)
    limits = stores.accounts.account(stores.account_id).limits
    assert limits == PLANS["custom"]._replace(max_active_jobs=2, burst=7)
    with pytest.raises(UnauthenticatedError):
        stores.accounts.set_plan(IDS.new("acct"), "pro", PlanChanges())
    assert an_account().limits == PLANS["pro"]


@pytest.mark.parametrize("end", ["settle", "fail", "cancel"])
def test_a_job_takes_a_place_until_it_ends(stores, end):
    """However it ends; a job that can't be held takes none."""
    job = stores.job(held_millicredits=1)
    stores.jobs.create(job, key_id=stores.key_id, most_active=1)
    assert stores.limits.active(stores.account_id) == {job.id}
    with pytest.raises(TooManyActiveJobsError):
        stores.jobs.create(stores.job(), key_id=stores.key_id, most_active=1)
    for status in (JobStatus.VALIDATING, JobStatus.RENDERING):
        job = job.model_copy(update={"status": status})
        assert stores.jobs.advance(job)
    for _ in range(2):
        if end == "settle":
            stores.jobs.settle(job, charge=0, output=a_report().output, warnings=())
        else:
            status = JobStatus.FAILED if end == "fail" else JobStatus.CANCELED
            stores.jobs.release(job, status=status, error=None)
    assert stores.limits.active(stores.account_id) == frozenset()


@pytest.mark.fault(14)
def test_a_job_outlives_the_key_that_made_it(platform, stores):
    """It ends and is paid; the revocation is told."""
    job = stores.rendering()
    stores.accounts.revoke(stores.key_id, at=NOW)
    assert stores.jobs.settle(job, charge=2_000, output=a_report().output, warnings=())
    assert stores.ledger.balance(stores.account_id).balance == 8_000
    until(
        lambda: platform.count_events("ApiKeyRevoked", stores.key_id),
        lambda count: count == 1,
        timeout_s=60,
    )


def test_an_ended_key_leaves_the_list_after_a_while(stores):
    """Expired, rotated or revoked: the table forgets it 90 days later; one that works stays."""

    def leaves(key):
        found = stores.client.get_item(
            TableName=stores.accounts._table, Key={"pk": {"S": f"key#{key.public_id}"}}
        )
        return int(found["Item"].get("expires_at", {"N": 0})["N"])

    day = timedelta(days=1)
    working, expiring, old = stored(stores), stored(stores, valid_until=NOW + day), stored(stores)
    assert leaves(working) == 0
    assert leaves(expiring) == (NOW + 91 * day).timestamp()
    stores.accounts.rotate_key(old, minted(stores).record, until=NOW + 2 * day, by=None)
    assert leaves(old) == (NOW + 92 * day).timestamp()
    stores.accounts.revoke(working.public_id, at=NOW)
    assert leaves(working) == (NOW + 90 * day).timestamp()
