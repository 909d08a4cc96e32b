"""Rows of accounts and keys over DynamoDB in memory. Races and rights: tests/integration/test_key_stores.py."""

import json
from datetime import timedelta

import pytest

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, from_item
from lipwire.domain.errors import (
    ConcurrentChangeError,
    KeyEndedError,
    KeyNotFoundError,
    UnauthenticatedError,
)
from lipwire.domain.keys import ApiKey
from lipwire.domain.plans import PLANS, PlanChanges
from tests.support.builders import ACCOUNT, NOW, an_account
from tests.support.fakes import FakeIds
from tests.support.memory_dynamodb import MemoryDynamoDB

DAY = timedelta(days=1)


def a_key(number: int = 0, **changes) -> ApiKey:
    """A key that works."""
    values = {
        "public_id": f"{number:010d}",
        "account_id": ACCOUNT,
        "name": "k",
        "secret_sha256": "0" * 64,
        "created_at": NOW + timedelta(seconds=number),
    }
    return ApiKey(**(values | changes))


class World:
    """An account with one key."""

    def __init__(self) -> None:
        self.client = MemoryDynamoDB(
            {"accounts": ("pk", None), "outbox": ("pk", None)},
            {("accounts", "by_account"): ("account_id", "pk")},
        )
        self.accounts = DynamoAccounts(
            self.client, table="accounts", outbox=OutboxRows(table="outbox", ids=FakeIds())
        )
        self.key = a_key()
        self.by = self.key.public_id
        self.accounts.add(an_account(), self.key)

    def add(self, number: int, **changes) -> ApiKey:
        """One more key."""
        key = a_key(number, **changes)
        self.accounts.add_key(key, by=None)
        return key

    def leaves(self, key: ApiKey) -> int | None:
        """When the table forgets it."""
        row = from_item(self.client.tables["accounts"][f"key#{key.public_id}",])
        return row.get("expires_at")

    def valid(self, public_id: str, at=NOW) -> bool:
        """Whether a transaction of this key's caller would stand."""
        transaction = Transaction(self.client)
        self.accounts.still_valid(transaction, ACCOUNT, public_id, at=at)
        return transaction.commits(UnauthenticatedError)


@pytest.fixture
def world() -> World:
    """An account with one key."""
    return World()


def test_accounts_and_keys_come_back_as_they_were_stored(world):
    """Unknown ones don't; keys are listed oldest first, accounts while they are open."""
    newer = world.add(2, requests_per_minute=3, valid_until=NOW + DAY)
    older = world.add(1)
    assert world.accounts.account(ACCOUNT) == an_account()
    assert world.accounts.webhook_secrets(ACCOUNT, NOW) == (an_account().webhook_secret,)
    assert world.accounts.key(newer.public_id) == newer
    assert world.accounts.keys(ACCOUNT) == [world.key, older, newer]
    assert list(world.accounts.ids()) == [ACCOUNT]
    assert world.accounts.account("acct_x") is None
    assert world.accounts.webhook_secrets("acct_x", NOW) == ()
    assert world.accounts.key("x") is None
    world.accounts.close(ACCOUNT, by=world.by, at=NOW)
    assert list(world.accounts.ids()) == []


def test_what_is_there_is_not_added_again(world):
    """Neither account nor key."""
    with pytest.raises(ConcurrentChangeError):
        world.accounts.add(an_account(), a_key(5))
    with pytest.raises(ConcurrentChangeError):
        world.accounts.add_key(world.key, by=None)
    assert world.accounts.key(a_key(5).public_id) is None


def test_a_key_works_until_its_last_second(world):
    """And one that is not there never does."""
    end = NOW + timedelta(minutes=1)
    key = world.add(1, valid_until=end)
    assert world.valid(world.by)
    assert world.valid(key.public_id, end - timedelta(milliseconds=1))
    assert not world.valid(key.public_id, end)
    assert not world.valid("nosuchkey0")


def test_a_key_that_ended_changes_no_keys(world):
    """Nor does any key of a closed account."""
    added: list[object] = []
    world.accounts.add_key(a_key(1), by=world.by, also=added.append)
    world.accounts.rotate_key(a_key(1), a_key(2), until=NOW + DAY, by=world.by, also=added.append)
    assert len(added) == 2
    world.accounts.revoke(world.by, at=NOW, by=world.by)
    assert not world.valid(world.by)
    for act in (
        lambda: world.accounts.add_key(a_key(3), by=world.by),
        lambda: world.accounts.rotate_key(a_key(2), a_key(3), until=NOW, by=world.by),
        lambda: world.accounts.revoke(a_key(2).public_id, at=NOW, by=world.by),
        lambda: world.accounts.close(ACCOUNT, by=world.by, at=NOW),
    ):
        with pytest.raises(UnauthenticatedError):
            act()
    world.accounts.close(ACCOUNT, by=None, at=NOW)
    for act in (
        lambda: world.accounts.add_key(a_key(3), by=None),
        lambda: world.accounts.rotate_key(a_key(2), a_key(3), until=NOW, by=None),
    ):
        with pytest.raises(UnauthenticatedError):
            act()
    assert not world.valid(a_key(2).public_id)
    assert world.accounts.key(a_key(3).public_id) is None


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_key_is_rotated_once(world, by_itself):
    """By itself or another; the old one ends when it is said to."""
    old, until = world.add(1), NOW + DAY
    by = old.public_id if by_itself else None
    world.accounts.rotate_key(old, a_key(2), until=until, by=by)
    found = world.accounts.key(old.public_id)
    assert (found.replaced_by, found.valid_until) == (a_key(2).public_id, until)
    with pytest.raises(KeyEndedError):
        world.accounts.rotate_key(old, a_key(3), until=until, by=by)
    assert world.accounts.key(a_key(3).public_id) is None


def test_a_key_is_revoked_once_and_told_once(world):
    """The first time stays; a race to it is nobody's error but the second's."""
    key = world.add(1)
    world.accounts.revoke(key.public_id, at=NOW)
    world.accounts.revoke(key.public_id, at=NOW + DAY)
    assert world.accounts.key(key.public_id).revoked_at == NOW
    assert len(world.client.tables["outbox"]) == 1
    with pytest.raises(KeyNotFoundError):
        world.accounts.revoke("nosuchkey0", at=NOW)
    other = world.add(2)
    number = len(world.client.writes)
    world.client.faults = {number: lambda: world.accounts.revoke(other.public_id, at=NOW)}
    with pytest.raises(ConcurrentChangeError):
        world.accounts.revoke(other.public_id, at=NOW + DAY)
    assert world.accounts.key(other.public_id).revoked_at == NOW


def test_who_asked_is_asked_for_and_told(world):
    """Another key of the account revokes and closes; the account's end says which one."""
    key = world.add(1)
    world.accounts.revoke(key.public_id, at=NOW, by=world.by)
    assert world.accounts.key(key.public_id).revoked_at == NOW
    world.accounts.close(ACCOUNT, by=world.by, at=NOW)
    told = [from_item(row) for row in world.client.tables["outbox"].values()]
    assert [json.loads(row["payload"])["data"] for row in told] == [
        {"key_id": key.public_id},
        {"by": world.by},
    ]
    assert {row["account_id"] for row in told} == {ACCOUNT}


def test_an_ended_key_is_listed_for_ninety_days(world):
    """However it ended; one that works stays."""
    working, expiring, old = world.add(1), world.add(2, valid_until=NOW + DAY), world.add(3)
    assert world.leaves(working) is None
    assert world.leaves(expiring) == int((NOW + 91 * DAY).timestamp())
    world.accounts.rotate_key(old, a_key(4), until=NOW + 2 * DAY, by=None)
    assert world.leaves(old) == int((NOW + 92 * DAY).timestamp())
    world.accounts.revoke(working.public_id, at=NOW)
    assert world.leaves(working) == int((NOW + 90 * DAY).timestamp())


def test_an_accounts_secret_is_replaced_as_it_was_read(world):
    """Of two rotations at once one is refused: no secret is lost."""
    before = an_account()
    after = before.model_copy(update={"webhook_secret": "whsec_new"})
    added: list[object] = []
    world.accounts.replace_webhook_secret(after, before=before.webhook_secret, also=added.append)
    assert len(added) == 1
    assert world.accounts.webhook_secrets(ACCOUNT, NOW)[0] == "whsec_new"
    with pytest.raises(ConcurrentChangeError):
        world.accounts.replace_webhook_secret(after, before=before.webhook_secret)


def test_a_plan_is_changed_for_accounts_that_are_there(world):
    """With limits of its own."""
    changes = PlanChanges(max_active_jobs=2, burst=7)
    world.accounts.set_plan(ACCOUNT, "custom", changes)
    wanted = PLANS["custom"]._replace(max_active_jobs=2, burst=7)
    assert world.accounts.account(ACCOUNT).limits == wanted
    with pytest.raises(UnauthenticatedError):
        world.accounts.set_plan("acct_x", "pro", changes)
    assert set(world.client.tables["accounts"]) == {(ACCOUNT,), (f"key#{world.by}",)}
