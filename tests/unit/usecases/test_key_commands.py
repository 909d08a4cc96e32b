"""Keys as operators type them, and as tenants' JSON says them."""

import argparse
import json
from datetime import timedelta

import pytest

from lipwire.dialects.base import Operation, WireRequest
from lipwire.dialects.native.codec_keys import from_keys, from_new_key
from lipwire.dialects.native.routes_keys import key_routes
from lipwire.domain.commands_account import CreateKey, ListKeys, RevokeKey, RotateKey
from lipwire.domain.errors import InvalidRequestError, KeyNotFoundError
from lipwire.domain.keys import KeyMode, Scope, make_key
from lipwire.domain.views import KeyView
from lipwire.operator_keys import add_keys_parser, run_keys
from tests.support.builders import ACCOUNT, NOW, an_account
from tests.support.fakes import FakeClock, FakeIds
from tests.support.fakes_accounts import FakeKeyring, FakeLimits


class Operator:
    """What `lipwire keys` asks of the app."""

    def __init__(self) -> None:
        self.accounts, self.limits = FakeKeyring(an_account()), FakeLimits()
        self.clock, self.ids = FakeClock(), FakeIds()

    def __call__(self, *arguments):
        parser = argparse.ArgumentParser()
        add_keys_parser(parser.add_subparsers())
        return run_keys(parser.parse_args(["keys", *arguments]), self)


@pytest.fixture
def operator() -> Operator:
    """At an account without keys."""
    return Operator()


def test_an_operator_makes_lists_rotates_and_revokes(operator):
    """The key itself is printed when it is made, its hash never."""
    made = operator("create", ACCOUNT, "--scopes", "jobs,uploads", "--requests-per-minute", "7")
    assert made["api_key"].startswith("lw_live_")
    assert (made["scopes"], made["requests_per_minute"]) == (["jobs", "uploads"], 7)
    rotated = operator("rotate", made["public_id"], "--grace-seconds", "60")
    operator.limits.note_use(made["public_id"], at=NOW)
    first, second = operator("list", ACCOUNT)["keys"]
    assert first["replaced_by"] == second["public_id"] == rotated["public_id"]
    assert first["last_used_at"] == NOW.isoformat()
    assert first["valid_until"] == "2026-05-04T12:31:00Z"
    assert not {"api_key", "secret_sha256"} & {*first, *second}
    assert operator("revoke", second["public_id"]) == {"revoked": second["public_id"]}
    assert operator.accounts.rows[second["public_id"]].revoked_at == NOW
    for action in ("rotate", "revoke"):
        with pytest.raises(KeyNotFoundError):
            operator(action, "0000000000")


def test_an_operators_test_key_has_no_admin(operator):
    """Whatever scopes are left to their default."""
    made = operator("create", ACCOUNT, "--test", "--expires-in-days", "2")
    assert made["api_key"].startswith("lw_test_")
    assert made["scopes"] == ["jobs", "uploads", "webhooks"]
    assert operator.accounts.rows[made["public_id"]].valid_until == NOW + timedelta(days=2)


ROUTES = {route.operation: route for route in key_routes("/v1")}


def decoded(operation, body=None, **path_params):
    """The command that a request means."""
    text = b"" if body is None else json.dumps(body).encode()
    return ROUTES[operation].decode(
        WireRequest(method="POST", path="/", path_params=path_params, body=text)
    )


def test_requests_mean_commands():
    """With a live key and a day's grace where nothing else is said."""
    body = {"name": "n", "scopes": ["admin", "jobs"]}
    assert decoded(Operation.CREATE_KEY, body) == CreateKey(
        name="n", scopes=(Scope.ADMIN, Scope.JOBS)
    )
    more = {"mode": "test", "expires_at": "2026-05-04T12:30:00Z", "requests_per_minute": 3}
    assert decoded(Operation.CREATE_KEY, body | more) == CreateKey(
        name="n",
        scopes=(Scope.ADMIN, Scope.JOBS),
        mode=KeyMode.TEST,
        valid_until=NOW,
        requests_per_minute=3,
    )
    assert decoded(Operation.LIST_KEYS) == ListKeys()
    assert decoded(Operation.ROTATE_KEY, {}, id="k") == RotateKey(
        public_id="k", grace=timedelta(days=1)
    )
    assert decoded(Operation.ROTATE_KEY, {"grace_s": 0}, id="k").grace == timedelta(0)
    assert decoded(Operation.REVOKE_KEY, id="k") == RevokeKey(public_id="k")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["root"]},
        {"mode": "prod"},
        {"expires_at": "2026-05-04T12:30:00"},
        {"requests_per_minute": 0},
        {"account_id": "acct_other"},
    ],
)
def test_what_a_key_can_not_be_is_named(wrong):
    """No scopes, unknown ones, a moment without a zone, somebody else's account."""
    with pytest.raises(InvalidRequestError):
        decoded(Operation.CREATE_KEY, {"name": "n", "scopes": ["jobs"]} | wrong)


def test_a_key_is_shown_once(operator):
    """Made: with its text. Listed: without."""
    minted = operator.accounts.holding(an_account())
    view = KeyView(key=minted.record, text=minted.text)
    made = from_new_key(view)
    assert made.status == 201
    assert json.loads(made.body)["key"] == minted.text
    listed = from_keys((KeyView(key=minted.record, last_used_at=NOW),))
    (item,) = json.loads(listed.body)["items"]
    assert (item["key"], item["last_used_at"]) == (None, "2026-05-04T12:30:00Z")
    assert minted.record.secret_sha256 not in listed.body


def test_a_key_of_another_form_is_never_made():
    """Too short an id would not be found again."""
    with pytest.raises(ValueError, match="public_id"):
        make_key("live", public_id="short", secret="0" * 32)
