"""Every dialect keeps the promises of `dialects/base.py`; no vendor is named here."""

import json
import re
from pathlib import Path

import pytest

from lipwire import dialects
from lipwire.dialects.base import CATCH_ALL, PUBLIC, Operation, WireRequest, function_of, key_of
from lipwire.dialects.native.docs_page import docs_page
from lipwire.dialects.native.openapi import DOCS, openapi
from lipwire.domain import errors
from lipwire.domain.errors import STATUS, Kind, LipwireError
from lipwire.operations import RUN
from lipwire.serving import serve

EVENTS = Path(__file__).resolve().parents[2] / "events" / "aws"

LEAVES = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, LipwireError) and found is not LipwireError
]


def an_error(leaf: type[LipwireError]) -> LipwireError:
    """One error of that class."""
    return leaf("a_code", "a message") if leaf is errors.RejectedMediaError else leaf()


def test_every_kind_has_a_status():
    """No error can be raised that HTTP can't say."""
    assert set(STATUS) == set(Kind)


def test_codes_are_stable_words_and_unique():
    """Two errors never share a code by accident."""
    abstract = {errors.RejectedMediaError}
    codes = [leaf.code for leaf in LEAVES if leaf not in abstract]
    assert all(re.fullmatch(r"[a-z][a-z_]+", code) for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("name", dialects.names())
@pytest.mark.parametrize("leaf", LEAVES)
def test_every_error_is_rendered_by_every_dialect(name, leaf):
    """Valid JSON with an HTTP error status, or with the business code of a vendor that answers 200 whatever happens."""
    request = WireRequest(method="GET", path="/x", request_id="r-1")
    answer = dialects.load(name).encode_error(an_error(leaf), request)
    body = json.loads(answer.body)
    assert 400 <= answer.status < 600 or (answer.status == 200 and body["code"] >= 10_000)


def test_no_two_routes_collide():
    """One origin serves all dialects: method and path decide, whole segment by whole segment."""
    seen = [(route.method, re.sub(r"{\w+}", "{}", route.path)) for route in dialects.all_routes()]
    assert len(set(seen)) == len(seen)


def test_every_path_belongs_to_one_dialect():
    """No path is claimed twice, and each route lies below a claim of its own dialect."""
    claimed = [
        path
        for folder in map(Path, dialects.__path__)
        for file in folder.glob("*/paths.txt")
        for path in file.read_text(encoding="utf-8").split()
    ]
    assert len(set(claimed)) == len(claimed)
    assert set(dialects.claims()) == set(claimed)
    assert all(re.fullmatch(r"(/[\w.-]+)+", path) for path in claimed)
    for route in dialects.all_routes():
        assert dialects.dialect_of(route.path) == route.dialect


@pytest.mark.parametrize(
    "path",
    [
        *("/", "", "/nowhere", "/v1", "/v2", "/api/v1", "//", "/lipwire"),
        # Other vendors', which nobody may take by accident.
        *("/v1/predictions", "/v1/videos/lip-sync", "/v2/lipsync", "/api/v1/volcengine_lip_sync/x"),
    ],
)
def test_a_path_that_nobody_claims_is_native(path):
    """Whole segments count."""
    assert dialects.dialect_of(path) == "native"


@pytest.mark.parametrize("path", sorted(dialects.claims()))
def test_an_unknown_path_below_a_claim_is_answered_in_that_dialects_shape(path):
    """By the function of the catch-all; a longer word than the claim is another's."""
    event = json.loads((EVENTS / "http_api_v2_get_job.json").read_text(encoding="utf-8"))
    unknown = f"{path}/no/such/route"
    event |= {"rawPath": unknown, "routeKey": "$default"}
    event["requestContext"]["http"] |= {"method": "DELETE", "path": unknown}
    found = serve(CATCH_ALL, event, None)
    dialect = dialects.load(dialects.claims()[path])
    request = WireRequest(
        method="DELETE", path=unknown, request_id=event["requestContext"]["requestId"]
    )
    expected = dialect.encode_error(
        errors.RouteNotFoundError(f"There is no DELETE {unknown}."), request
    )
    answered = (found["statusCode"], json.loads(found["body"]))
    assert answered == (expected.status, json.loads(expected.body))
    assert dialects.dialect_of(f"{path}x") != dialect.name or dialect.name == "native"


@pytest.mark.parametrize(
    ("name", "route", "reason"),
    [
        pytest.param(name, route, reason.partition(": ")[2], id=f"{name}: {route}")
        for name in dialects.names()
        for route, reason in dialects.load(name).unsupported.items()
        if ": " not in route
    ],
)
def test_a_route_of_a_vendors_that_is_not_served_says_why(name, route, reason):
    """Whatever stands in its path for an id."""
    method, path = re.sub(r"{\w+}", "5", route).split(" ")
    event = json.loads((EVENTS / "http_api_v2_get_job.json").read_text(encoding="utf-8"))
    event |= {"rawPath": path, "routeKey": "$default"}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    found = serve(CATCH_ALL, event, None)
    assert reason
    assert reason in json.dumps(json.loads(found["body"]), ensure_ascii=False)
    assert dialects.dialect_of(path) == name


@pytest.mark.parametrize("name", dialects.names())
def test_either_header_brings_the_key(name):
    """With both, the dialect's own counts first."""
    first = dialects.load(name).key_header
    bearer, plain = {"authorization": "Bearer a"}, {"x-api-key": "b"}
    keys = [
        key_of(WireRequest(method="GET", path="/", headers=headers), first)
        for headers in (bearer, plain, bearer | plain, {})
    ]
    assert keys == ["a", "b", "a" if first == "authorization" else "b", None]


def test_every_operation_has_a_use_case():
    """What a route names can be run."""
    named = {route.operation for name in dialects.names() for route in dialects.load(name).routes}
    assert named - PUBLIC <= set(RUN)


@pytest.mark.parametrize("name", dialects.names())
def test_a_function_serves_the_routes_that_the_gateway_sends_it(name):
    """The gateway goes by the operation, the function by the part of the table that it imports."""
    dialect = dialects.load(name)
    functions = {function_of(operation) for operation in Operation}
    served = {
        (route.method, route.path): function
        for function in functions
        for route in dialect.routes_of(function)
    }
    assert served == {
        (route.method, route.path): function_of(route.operation) for route in dialect.routes
    }


def test_openapi_has_every_native_route():
    """Generated from the table, and nothing of the table is missing."""
    document = openapi("http://127.0.0.1:1")
    native = dialects.load("native").routes
    documented = {(m.upper(), path) for path, ms in document["paths"].items() for m in ms}
    assert {(r.method, r.path) for r in native if r.path.startswith("/lipwire/")} == documented
    assert {route.operation for route in native} == set(DOCS)


def test_openapi_refers_only_to_schemas_it_has():
    """Every `$ref` resolves."""
    document = openapi("")
    refs = re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document))
    assert refs
    assert set(refs) <= set(document["components"]["schemas"])


def test_the_docs_page_shows_every_route_and_error_and_fetches_nothing():
    """One self-contained page."""
    page = docs_page(openapi(""))
    for route in dialects.load("native").routes:
        if route.path.startswith("/lipwire/"):
            assert route.path in page
    assert all(leaf.code in page for leaf in LEAVES if leaf is not errors.RejectedMediaError)
    assert not re.search(r'(src|href)="(https?:)?//', page)
