"""What belongs to another account answers like what never was: every route of every dialect, on the deployed platform."""

import re

import pytest

from lipwire import dialects
from tests.support.tenants import BODY_OF, KIND_OF, UNKNOWN, ask, owned

ROUTES = [(name, route) for name in dialects.names() for route in dialects.load(name).routes]
WITH_ID = [(name, route) for name, route in ROUTES if "{" in route.path]
LISTS = [
    route
    for _, route in ROUTES
    if route.operation.value.startswith(("list_", "find_jobs", "find_batches"))
    and route.method == "GET"
]


@pytest.fixture(scope="module")
def accounts(platform):
    """Somebody who asks, somebody who owns, and what."""
    owner = platform.new_client()
    return platform.new_client(), owner, owned(owner)


def test_the_matrix_names_every_route_with_an_id():
    """A new one can't be forgotten."""
    assert {route.operation for _, route in WITH_ID} <= set(KIND_OF)


@pytest.mark.fault(10)
@pytest.mark.parametrize(
    ("name", "route"), WITH_ID, ids=[f"{route.method} {route.path}" for _, route in WITH_ID]
)
def test_anothers_id_answers_like_an_unknown_one(accounts, name, route):
    """Byte for byte, but for the request's own id; and it is a refusal."""
    stranger, _, things = accounts
    unknown = UNKNOWN[KIND_OF[route.operation]]
    # Things of other kinds are unknown there too: rows of one table may differ in kind.
    answers = [
        ask(
            stranger,
            route.method,
            re.sub(r"{\w+}", thing, route.path),
            BODY_OF.get(route.operation),
        )
        for thing in (unknown, *things.values())
    ]
    assert {one.without_request_id() for one in answers} == {answers[0].without_request_id()}
    assert is_refusal(answers[0])
    assert not any(thing in one.body for one in answers for thing in things.values())


def is_refusal(answer):
    """By its status, or as JoggAI says it: 200, and a code above 10000."""
    return answer.status == 404 or (answer.status == 200 and answer.json.get("code", 0) > 10_000)


@pytest.mark.fault(10)
@pytest.mark.parametrize("role", ["source", "speech", "second_speech", "mask"])
@pytest.mark.parametrize("path", ["/jobs", "/jobs/estimate"])
def test_anothers_asset_in_a_job_answers_like_an_unknown_one(accounts, path, role):
    """In each place a job can name one."""
    stranger, _, things = accounts
    mine = stranger.call(
        "POST", "/uploads", {"filename": "a.png", "content_type": "image/png", "size_bytes": 9}
    )["asset_id"]
    answers = []
    for asset in (things["asset"], UNKNOWN["asset"]):
        body = {"source": {"asset_id": mine}, "speech": {"asset_id": mine}}
        if role in body:
            body[role] = {"asset_id": asset}
        else:
            body["options"] = {role: {"asset_id": asset}}
        answers.append(ask(stranger, "POST", f"/lipwire/v1{path}", body).without_request_id())
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


@pytest.mark.fault(10)
@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.path)
def test_no_list_shows_what_is_anothers(accounts, route):
    """Not even when it is asked for by name."""
    stranger, _, things = accounts
    found = ask(stranger, "GET", route.path)
    assert found.status == 200
    assert not any(thing in found.body for thing in things.values())


def test_deliveries_of_anothers_endpoint_are_none(accounts):
    """As of one that is unknown."""
    stranger, _, things = accounts
    path = "/lipwire/v1/webhook-deliveries?endpoint_id="
    found = [ask(stranger, "GET", path + one) for one in (things["endpoint"], UNKNOWN["endpoint"])]
    assert found[0].without_request_id() == found[1].without_request_id()


@pytest.mark.fault(11)
def test_anothers_cursor_is_none(accounts):
    """Nor one of another list, nor one that was changed."""
    stranger, owner, _ = accounts
    upload = {"filename": "b.png", "content_type": "image/png", "size_bytes": 9}
    owner.call("POST", "/uploads", upload)
    cursor = owner.call("GET", "/assets?limit=1")["next_cursor"]
    assert owner.call("GET", f"/assets?limit=1&cursor={cursor}")["items"]
    for client, path in (
        (stranger, f"/assets?cursor={cursor}"),
        (owner, f"/jobs?cursor={cursor}"),
        (owner, f"/assets?cursor={cursor[:-1]}"),
        (owner, "/assets?cursor="),
    ):
        refused = ask(client, "GET", f"/lipwire/v1{path}")
        assert (refused.status, refused.json["code"]) == (400, "invalid_cursor")
