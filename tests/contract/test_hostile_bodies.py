"""Bodies that no client sends by mistake: refused by every route of every dialect that takes one, and never a bug of ours."""

import json
import re

import pytest

from lipwire import dialects
from lipwire.domain import numbers
from tests.support.memory_app import MemoryApp

BODIES = {
    "11 MB": b'{"name": "' + b"x" * 11 * 1024**2 + b'"}',
    "10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10,000 lists": b"[" * 10_000 + b"]" * 10_000,
    "NaN": b'{"trim_start": NaN}',
    "infinite": b'{"start_seconds": -Infinity}',
    "a name twice": b'{"name": "a", "name": "b"}',
    "not UTF-8": b'{"name": "\xff"}',
    "NUL": b'\x00{"name": "a"}',
    "nothing": b"",
    "no object": b"[]",
    "a word": b'"x"',
}
TAKES_A_BODY = [
    pytest.param(name, route, id=f"{route.method} {route.path}")
    for name in dialects.names()
    for route in dialects.load(name).routes
    if route.method in {"POST", "PUT", "PATCH"}
]


@pytest.fixture(scope="module")
def app():
    """One for all: what is refused leaves nothing behind."""
    return MemoryApp()


def asked(app, name, route, body):
    """The answer, with ids in the path that are there."""
    params = dict.fromkeys(re.findall(r"{(\w+)}", route.path), app.known[4])
    given = {"body": body, "headers": {"content-type": "application/json"}}
    return app.answer(dialects.load(name), route, route.path, params, **given)


@pytest.mark.fault(8)
@pytest.mark.parametrize(("name", "route"), TAKES_A_BODY)
def test_no_body_is_a_bug_of_ours(app, name, route):
    """Where the route takes a body at all it is refused, in the dialect's own way."""
    statuses = {what: asked(app, name, route, body).status for what, body in BODIES.items()}
    assert all(status < 500 for status in statuses.values()), statuses


@pytest.mark.fault(8)
@pytest.mark.parametrize("digits", [20, 400, 5000])
@pytest.mark.parametrize(("name", "route"), TAKES_A_BODY)
def test_no_number_is_too_long(app, name, route, digits):
    """Under each field's name that any dialect knows."""
    number = "9" * digits
    fields = (
        *("size_bytes", "file_size", "start_seconds", "end_seconds", "max_fps_limit", "seed"),
        *("video_id", "start_frame", "speed", "grace_s", "overlap_s", "requests_per_minute"),
    )
    body = "{" + ", ".join(f'"{field}": {number}' for field in fields) + "}"
    assert asked(app, name, route, body.encode()).status < 500


@pytest.mark.fault(8)
@pytest.mark.parametrize("what", sorted(BODIES))
def test_a_job_is_never_made_of_it(app, what):
    """Native answers, to the status."""
    answer = app.ask("POST", "/lipwire/v1/jobs", body=BODIES[what])
    assert answer.status == (413 if what == "11 MB" else 422)
    assert answer.content_type == "application/problem+json"


@pytest.mark.fault(9)
@pytest.mark.parametrize("place", ["", "source", "options"])
def test_an_unknown_field_is_named(app, place):
    """Wherever it stands, beside all that is right."""
    body = {"source": {"asset_id": app.video}, "speech": {"asset_id": app.voice}, "options": {}}
    (body[place] if place else body)["colour"] = "blue"
    answer = app.ask("POST", "/lipwire/v1/jobs", body=json.dumps(body).encode())
    named = [one["field"] for one in json.loads(answer.body)["errors"]]
    assert answer.status == 422
    assert [field.split(".")[-1] for field in named] == ["colour"]


@pytest.mark.parametrize("number", [2**53, 10**400, -1, "1e3", "٣", "5 ", ""])
def test_a_path_with_no_number_leads_nowhere(app, number):
    """LipDub's numbers go as far as JavaScript counts."""
    assert numbers.MAX_NUMBER == 2**53 - 1
    route = next(
        one for one in dialects.load("lipdub").routes if one.path == "/v1/shots/{shot_id}/status"
    )
    answer = app.answer(dialects.load("lipdub"), route, route.path, {"shot_id": str(number)})
    assert answer.status == 404


WITH_IDS = [
    pytest.param(name, route, id=f"{route.method} {route.path}")
    for name in dialects.names()
    for route in dialects.load(name).routes
    if "{" in route.path
]
#: As long as a URL may be, of each prefix that some store asks for, and what is no text of a key.
IDS = [
    f"{kind}_{'0' * length}"
    for kind in ("job", "ast", "bat", "whe", "dlv")
    for length in (27, 3000)
]


@pytest.mark.fault(8)
@pytest.mark.parametrize(("name", "route"), WITH_IDS)
def test_no_id_is_too_long(app, name, route):
    """DynamoDB refuses keys over 2,048 bytes, so they are not asked for: it is not there."""
    for one in (*IDS, "x" * 3000, "%00", "é" * 1500):
        params = dict.fromkeys(re.findall(r"{(\w+)}", route.path), one)
        answered = app.answer(
            dialects.load(name), route, route.path, params, query={"token": "a" * 40}
        )
        assert answered.status < 500, one[:40]
