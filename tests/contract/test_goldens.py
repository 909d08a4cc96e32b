"""Every vendor's wire format, case by case: what it sends, what that means, what it gets. No vendor is named here."""

import copy
import importlib
import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from lipwire import dialects
from lipwire.domain.errors import LipwireError
from lipwire.domain.jobs import JobStatus
from tests.support.goldens import Golden, goldens

#: Lipwire's own dialect has tests of its own.
VENDORS = [name for name in dialects.names() if name != "native"]
CASES = [case for name in VENDORS for case in goldens(name)]
Path = tuple[str, ...]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_means_what_the_golden_case_says(case: Golden):
    """The command, field by field; nothing more."""
    if "command" not in case.values:
        pytest.skip("shows an answer alone") if "answer" not in case.values else None
        return
    assert case.command() == case.values["command"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_client_gets_what_the_golden_case_says(case: Golden):
    """Status and body, to the last field."""
    if "answer" not in case.values:
        assert "command" in case.values
        return
    answer = case.answer()
    body = json.loads(answer.body) if answer.body else None
    assert {"status": answer.status, "body": body} == case.values["answer"]


@pytest.mark.parametrize("name", VENDORS)
def test_every_route_has_a_success_and_a_failure(name: str):
    """And every route that shows jobs shows them in every status."""
    for route in dialects.load(name).routes:
        mine = [one for one in goldens(name) if one.route == route]
        statuses = {one.values["answer"]["status"] for one in mine if "answer" in one.values}
        assert any(status < 300 for status in statuses), f"{route.method} {route.path}: no success"
        assert any("error" in one.values for one in mine), f"{route.method} {route.path}: no failure"


@pytest.mark.parametrize("name", VENDORS)
def test_a_job_is_shown_in_every_status(name: str):
    """In one route or another."""
    shown = {
        one.values["view"]["job"].get("status")
        for one in goldens(name)
        if "job" in one.values.get("view", {})
    }
    assert shown >= {str(status) for status in JobStatus}


@pytest.mark.parametrize("name", VENDORS)
def test_every_wire_field_counts_or_is_listed(name: str):
    """Some golden case sends it, and without it means something else; or `unsupported` says why not."""
    dialect = dialects.load(name)
    wire = importlib.import_module(f"{dialects.__name__}.{name}.wire")
    for route, model in wire.REQUESTS.items():
        for path in fields(model):
            told = f"{route}: {'.'.join(path)}"
            cases = [one for one in goldens(name) if one.values["route"] == route]
            counts = any(matters(one, path) for one in cases if "command" in one.values)
            assert counts != (told in dialect.unsupported), told


@pytest.mark.parametrize("name", VENDORS)
def test_what_is_not_supported_is_named_rightly(name: str):
    """A field of a route that is there, or a route that isn't; each with a reason that says what happens."""
    dialect = dialects.load(name)
    wire = importlib.import_module(f"{dialects.__name__}.{name}.wire")
    known = {
        f"{route}: {'.'.join(path)}" for route, model in wire.REQUESTS.items() for path in fields(model)
    }
    served = {f"{route.method} {route.path}" for route in dialect.routes}
    assert set(wire.REQUESTS) <= served
    for told, reason in dialect.unsupported.items():
        if ": " in told:
            assert told in known
        else:
            assert told not in served
            assert dialects.dialect_of(told.partition(" ")[2]) == name
        assert reason.startswith(("refused: ", "ignored: ", "ignored, "))


def fields(model: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    """Every field that holds no further fields, by its path; `*` stands for the items of a list."""
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        inner = [one for one in parts(field.annotation) if is_model(one)]
        if not inner:
            yield path
        for one in inner:
            yield from fields(one, (*path, "*") if is_list(field.annotation) else path)


def parts(annotation: Any) -> Iterator[Any]:
    """The annotation and what it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from parts(part)


def is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def is_list(annotation: Any) -> bool:
    return any(getattr(part, "__origin__", None) in {list, tuple} for part in parts(annotation))


def matters(case: Golden, path: Path) -> bool:
    """Whether the case sends the field, and means something else (or nothing) without it."""
    body = copy.deepcopy(case.values["request"]["body"])
    holder = body
    for step in path[:-1]:
        holder = holder[0] if step == "*" and holder else holder.get(step) if step != "*" else None
        if holder is None:
            return False
    if path[-1] not in holder:
        return False
    del holder[path[-1]]
    try:
        return case.command(body) != case.values["command"]
    except LipwireError:
        return True
