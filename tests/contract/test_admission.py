"""What every request passes before its use case: a key, a scope, a limit; for every route of every dialect."""

import json
from types import SimpleNamespace

import pytest

from lipwire import dialects
from lipwire.dialects.base import COUNTED, PUBLIC, Operation, WireRequest, scope_of
from lipwire.domain.errors import BusyError, RateLimitedError, RouteNotFoundError
from lipwire.domain.keys import Scope
from lipwire.domain.limits import Allowance, Rate, decide
from lipwire.serving import answer
from tests.support.builders import a_caller

ROUTES = [
    pytest.param(name, route, id=f"{route.method} {route.path}")
    for name in dialects.names()
    for route in dialects.load(name).routes
    if route.operation not in PUBLIC
]
#: What a key needs, by the first word of a native path; the account itself is every key's to read.
NEEDED = {
    "jobs": Scope.JOBS,
    "batches": Scope.JOBS,
    "speech": Scope.JOBS,
    "voices": Scope.JOBS,
    "uploads": Scope.UPLOADS,
    "assets": Scope.UPLOADS,
    "webhook-endpoints": Scope.WEBHOOKS,
    "webhook-deliveries": Scope.WEBHOOKS,
    "webhook-secret": Scope.WEBHOOKS,
}


class Door:
    """An app whose use cases say no more than that they were reached."""

    def __init__(self, caller, *, tat_us=None) -> None:
        self.callers = SimpleNamespace(
            caller=lambda key, *, is_fresh: caller, forget=lambda key: None
        )
        self.reached: list[Operation] = []
        rate = Rate(per_minute=60, burst=5)
        self.allowance = Allowance({"account": decide(rate, tat_us, now_us=0)})

    def limit(self, operation, caller):
        return self.allowance

    def run(self, operation, command, caller):
        self.reached.append(operation)
        raise RouteNotFoundError


def asked(name, route, door):
    """The answer to a request that nothing is wrong with but what the door says."""
    passing = route._replace(decode=lambda request: None)
    request = WireRequest(method=route.method, path=route.path, request_id="r-1")
    return answer(request, dialects.load(name), passing, door)


@pytest.mark.parametrize(("name", "route"), ROUTES)
@pytest.mark.parametrize("scope", Scope)
def test_a_route_is_open_to_its_own_scope_alone(name, route, scope):
    """403 names what is missing; nothing was counted or decoded."""
    door = Door(a_caller().model_copy(update={"scopes": (scope,)}))
    found = asked(name, route, door)
    needed = scope_of(route.operation)
    if needed in {None, scope}:
        assert door.reached == [route.operation]
        return
    assert door.reached == []
    assert "RateLimit" not in found.headers
    if name == "native":
        assert found.status == 403
        assert json.loads(found.body)["code"] == "missing_scope"
        assert json.loads(found.body)["scope"] == needed.value


@pytest.mark.parametrize("route", [one.values[1] for one in ROUTES if one.values[0] == "native"])
def test_native_paths_need_the_scope_they_are_named_for(route):
    """Whatever is named nowhere needs `admin`; a vendor's paths say nothing of our scopes."""
    word = route.path.removeprefix("/lipwire/v1/").split("/")[0]
    if route.operation is Operation.GET_ACCOUNT:
        assert scope_of(route.operation) is None
    else:
        assert scope_of(route.operation) is NEEDED.get(word, Scope.ADMIN)


@pytest.mark.parametrize(("name", "route"), ROUTES)
def test_every_answer_says_how_the_limit_stands(name, route):
    """And a refusal when to come back, before anything is decoded."""
    found = asked(name, route, Door(a_caller()))
    assert found.headers["RateLimit-Policy"] == '"account";q=60;w=60'
    assert found.headers["RateLimit"] == '"account";r=4;t=1'
    spent = Door(a_caller(), tat_us=7_000_000)
    found = asked(name, route, spent)
    assert spent.reached == []
    assert found.headers["RateLimit"].startswith('"account";r=0')
    if name == "native":
        assert (found.status, found.headers["Retry-After"]) == (429, "3")
        assert json.loads(found.body)["code"] == RateLimitedError.code


@pytest.mark.fault(16)
def test_a_limit_that_cannot_be_counted_lets_nothing_pass():
    """503 and `Retry-After`: what makes something is never made uncounted."""
    door = Door(a_caller())

    def busy(operation, caller):
        raise BusyError

    door.limit = busy
    route = next(one.values[1] for one in ROUTES if one.values[1].operation in COUNTED)
    found = asked("native", route, door)
    assert (found.status, door.reached) == (503, [])
    assert int(found.headers["Retry-After"]) >= 1
    assert json.loads(found.body)["code"] == "busy"


def test_whatever_makes_something_is_counted_exactly():
    """By its name, so that a new operation is not forgotten."""
    makes = {one for one in Operation if one.value.startswith(("create_", "rotate_", "replay_"))}
    assert makes <= COUNTED
    assert not {one for one in COUNTED if one.value.startswith(("get_", "list_"))}
