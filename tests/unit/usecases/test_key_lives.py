"""Keys from their making to their end, and who may still come in with them."""

from datetime import timedelta

import pytest

from lipwire.bootstrap import App
from lipwire.dialects.base import PUBLIC, Operation, needs_fresh_caller
from lipwire.domain.commands_account import CreateKey, GetAccount, ListKeys, RevokeKey, RotateKey
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import (
    InvalidRequestError,
    KeyEndedError,
    KeyNotFoundError,
    TooManyKeysError,
    UnauthenticatedError,
)
from lipwire.domain.keys import MOST_KEYS, KeyMode, Scope, base62, make_key, public_id_of
from lipwire.domain.views import Balance
from lipwire.usecases.create_key import create_key
from lipwire.usecases.get_account import get_account
from lipwire.usecases.list_keys import list_keys
from lipwire.usecases.open_account import open_account
from lipwire.usecases.revoke_key import revoke_key
from lipwire.usecases.rotate_key import rotate_key
from tests.support.builders import ACCOUNT, NOW, a_caller, an_account
from tests.support.fakes import FakeClock, FakeEngines, FakeIds
from tests.support.fakes_accounts import FakeKeyring, FakeLimits

ALL = tuple(Scope)


class World:
    """An account, its keys, and an app that remembers callers."""

    def __init__(self) -> None:
        self.keyring, self.limits, self.clock = FakeKeyring(), FakeLimits(), FakeClock()
        self.key = self.keyring.holding(an_account())
        self.by = self.key.record.public_id
        self.ids = FakeIds()
        self.ids.count = 1000
        self.app = App({})
        for name in ("accounts", "limits"):
            self.app.__dict__[name] = {"accounts": self.keyring, "limits": self.limits}[name]
        self.app.__dict__["clock"] = self.clock

    def seen(self, text, operation=Operation.GET_JOB):
        """Who calls with this key, as far as this operation wants to know."""
        return self.app.callers.caller(text, is_fresh=needs_fresh_caller(operation))

    def ports(self):
        """What use cases of keys take."""
        return {"by": self.by, "accounts": self.keyring, "clock": self.clock, "ids": self.ids}

    def create(self, **values):
        """A new key."""
        command = CreateKey(**({"name": "n", "scopes": ALL} | values))
        return create_key(command, ACCOUNT, **self.ports())

    def rotate(self, public_id, account_id=ACCOUNT, **values):
        """A key in place of another."""
        return rotate_key(RotateKey(public_id=public_id, **values), account_id, **self.ports())

    def revoke(self, public_id, account_id=ACCOUNT):
        """A key taken back."""
        ports = {name: port for name, port in self.ports().items() if name != "ids"}
        return revoke_key(RevokeKey(public_id=public_id), account_id, **ports)


@pytest.fixture
def world() -> World:
    """One account with one key."""
    return World()


def test_a_new_key_opens_and_is_told_once(world):
    """Its text is in the answer and nowhere else; scopes come in their own order, ends as whole seconds."""
    end = NOW + timedelta(days=3, microseconds=7)
    made = world.create(
        scopes=("uploads", "jobs"), valid_until=end, mode="test", requests_per_minute=4
    )
    record = world.keyring.rows[made.key.public_id]
    assert made.text.startswith("lw_test_")
    assert public_id_of(made.text) == record.public_id
    assert made.text not in record.model_dump_json()
    assert record.scopes == (Scope.JOBS, Scope.UPLOADS)
    assert record.valid_until == NOW + timedelta(days=3)
    caller = world.seen(made.text)
    assert (caller.mode, caller.requests_per_minute) == (KeyMode.TEST, 4)
    listed = list_keys(ListKeys(), ACCOUNT, accounts=world.keyring, limits=world.limits)
    assert [view.text for view in listed] == [None, None]
    assert [view.last_used_at for view in listed] == [None, NOW]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"mode": "test"}, "scopes"), ({"valid_until": NOW}, "expires_at")],
)
def test_a_key_that_makes_no_sense_is_refused(world, values, field):
    """A test key that could make itself a live one; a key that has ended before it is made."""
    with pytest.raises(InvalidRequestError) as caught:
        world.create(**values)
    assert [error["field"] for error in caught.value.fields["errors"]] == [field]
    assert len(world.keyring.rows) == 1


def test_only_keys_that_work_count_against_the_most(world):
    """Ended ones make room."""
    for _ in range(MOST_KEYS - 1):
        last = world.create()
    with pytest.raises(TooManyKeysError):
        world.create()
    world.revoke(last.key.public_id)
    world.create()


@pytest.mark.fault(17)
def test_both_keys_work_until_the_grace_ends(world):
    """Then only the new one; it is like the old one but for its secret."""
    old = world.create(scopes=("jobs",), requests_per_minute=9)
    new = world.rotate(old.key.public_id, grace=timedelta(hours=2))
    assert (new.key.scopes, new.key.requests_per_minute) == ((Scope.JOBS,), 9)
    assert new.key.valid_until is None
    for text in (old.text, new.text):
        world.seen(text)
    world.clock.sleep(2 * 3600 - 1)
    world.seen(old.text)
    # Less than a minute before its end it is remembered until then, not for a minute.
    world.clock.sleep(1)
    with pytest.raises(UnauthenticatedError):
        world.seen(old.text)
    world.seen(new.text)


def test_a_grace_never_lengthens_a_key(world):
    """A key that ends in an hour does so, whatever the grace; its successor too."""
    end = NOW + timedelta(hours=1)
    old = world.create(valid_until=end)
    new = world.rotate(old.key.public_id)
    assert world.keyring.rows[old.key.public_id].valid_until == end
    assert new.key.valid_until == end


def test_an_ended_key_is_not_rotated(world):
    """Neither one that was rotated before, nor one that is revoked or expired."""
    rotated, revoked, expired = (
        world.create(),
        world.create(),
        world.create(valid_until=NOW + timedelta(minutes=1)),
    )
    world.rotate(rotated.key.public_id)
    world.revoke(revoked.key.public_id)
    world.clock.sleep(60)
    for one in (rotated, revoked, expired):
        with pytest.raises(KeyEndedError):
            world.rotate(one.key.public_id)


def test_unknown_and_foreign_keys_answer_alike(world):
    """Nobody learns which ids exist."""
    foreign = world.keyring.holding(an_account(id=f"acct_{'1' * 26}"))
    for public_id in ("0" * 10, foreign.record.public_id):
        for act in (world.rotate, world.revoke):
            with pytest.raises(KeyNotFoundError):
                act(public_id)
    assert world.keyring.rows[foreign.record.public_id].revoked_at is None


@pytest.mark.fault(13)
def test_a_revoked_key_reads_for_a_minute_at_most_and_changes_nothing(world):
    """What is remembered of it ends; meanwhile its transactions are refused."""
    other = world.create()
    assert world.seen(world.key.text).key_id == world.by
    world.revoke(world.by)
    world.seen(world.key.text)
    with pytest.raises(UnauthenticatedError):
        world.create()
    with pytest.raises(UnauthenticatedError):
        world.rotate(other.key.public_id)
    world.clock.sleep(60)
    with pytest.raises(UnauthenticatedError):
        world.seen(world.key.text)


#: Look again in their own transaction (tests/integration/test_key_stores.py, test_stores.py).
RECHECKED = {
    *("create_job", "create_batch", "create_speech"),
    *("create_key", "rotate_key", "revoke_key"),
}


@pytest.mark.fault(13)
@pytest.mark.parametrize("end", ["revoked", "closed"])
@pytest.mark.parametrize("operation", sorted(set(Operation) - PUBLIC))
def test_what_changes_anything_asks_whether_the_key_still_opens(world, operation, end):
    """Whoever is remembered: only reading leans on memory, and what asks again in its own transaction."""
    world.seen(world.key.text)
    if end == "revoked":
        world.revoke(world.by)
    else:
        world.keyring.close(ACCOUNT)
    is_read = operation.value.startswith(("get_", "list_", "find_", "read_", "estimate_"))
    if is_read or operation.value in RECHECKED | {"close_account"}:
        assert world.seen(world.key.text, operation).key_id == world.by
        return
    for again in (operation, Operation.GET_JOB):
        with pytest.raises(UnauthenticatedError):
            world.seen(world.key.text, again)


def test_a_caller_who_was_refused_is_forgotten(world):
    """By a transaction that looked again: what it reads next is refused as well."""
    world.seen(world.key.text)
    world.revoke(world.by)
    world.app.callers.forget(world.key.text)
    with pytest.raises(UnauthenticatedError):
        world.seen(world.key.text)


@pytest.mark.fault(12)
def test_junk_keys_are_refused_without_a_look_up(world):
    """A thousand of them, no call; a whole key with a wrong secret costs one."""
    text = world.key.text
    junk = [None, "", "lw_live_", "Bearer", text + "0", text[:-1], "é" * 57, text + "\n"]
    junk += [text[:-6] + f"{number:06d}" for number in range(1000)]
    for one in junk:
        with pytest.raises(UnauthenticatedError):
            world.seen(one)
    assert world.keyring.looked_up == 0
    assert world.limits.used == {}
    guessed = make_key("live", public_id=world.by, secret=base62(5, 32))
    with pytest.raises(UnauthenticatedError):
        world.seen(guessed)
    assert world.keyring.looked_up == 1


def test_a_caller_is_remembered_for_a_minute(world):
    """Two look-ups a minute, however often it calls; the last use is noted as often."""
    for _ in range(50):
        world.seen(world.key.text)
    assert world.keyring.looked_up == 2
    assert world.limits.used == {world.by: NOW}
    world.clock.sleep(60)
    world.seen(world.key.text)
    assert world.keyring.looked_up == 4


def test_a_closed_account_does_not_call(world):
    """Nor does one that is gone."""
    world.keyring.close(ACCOUNT)
    with pytest.raises(UnauthenticatedError):
        world.seen(world.key.text)
    world.keyring.accounts.clear()
    with pytest.raises(UnauthenticatedError):
        world.seen(world.key.text)


def test_a_key_has_a_limit_of_its_own_below_its_accounts(world):
    """Other keys of the account are not held back by it; reading is limited apart."""
    slow = world.seen(world.create(requests_per_minute=2).text)
    fast = world.seen(world.key.text)

    def remaining(operation, caller):
        allowance = world.app.limit(operation, caller)
        return {name: one.remaining for name, one in allowance.decisions.items()}

    assert remaining(Operation.CREATE_JOB, slow) == {"account": 49, "key": 1}
    assert remaining(Operation.CREATE_UPLOAD, slow) == {"account": 48, "key": 0}
    refused = world.app.limit(Operation.CREATE_JOB, slow).decisions
    assert not refused["key"].is_allowed
    assert remaining(Operation.CREATE_JOB, fast) == {"account": 47}
    assert remaining(Operation.GET_JOB, slow) == {"account": 999}


class Granted:
    """A ledger that takes grants."""

    def __init__(self) -> None:
        self.amounts: list[int] = []

    def grant(self, account_id, amount, *, grant_id, at):
        self.amounts.append(amount)

    def balance(self, account_id):
        return Balance(balance=Millicredits(sum(self.amounts)), held=Millicredits(0))


def test_an_opened_account_has_a_plan_credits_and_a_key_that_may_do_all(world):
    """Of which only the opener ever sees the text."""
    ledger = Granted()
    opened = open_account(
        "Acme",
        Millicredits(5),
        plan="starter",
        accounts=world.keyring,
        ledger=ledger,
        clock=world.clock,
        ids=world.ids,
    )
    caller = world.seen(opened.api_key)
    assert (caller.scopes, caller.account.limits.name) == (ALL, "starter")
    assert ledger.amounts == [5]


def test_only_keys_that_look_after_webhooks_see_what_signs_them():
    """The account itself is everybody's to read."""
    limits, ledger = FakeLimits(), Granted()
    limits.jobs.add("job_1")

    def shown(*scopes):
        caller = a_caller().model_copy(update={"scopes": scopes})
        return get_account(
            GetAccount(), caller, ledger=ledger, engines=FakeEngines(), limits=limits
        )

    assert shown(Scope.WEBHOOKS).shows_secret
    assert not shown(Scope.JOBS, Scope.ADMIN).shows_secret
    assert shown(Scope.JOBS).active_jobs == 1
