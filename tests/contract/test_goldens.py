"""Every vendor's wire format, case by case: what it sends, what that means, what it gets. No vendor is named here."""

import json

import pytest

from lipwire import dialects
from lipwire.domain.jobs import JobStatus
from tests.support import dialect_coverage
from tests.support.goldens import Golden, fields, forms, goldens, requests, told, view_of

#: Lipwire's own dialect has tests of its own.
VENDORS = [name for name in dialects.names() if name != "native"]
CASES = [case for name in VENDORS for case in goldens(name)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_means_what_the_golden_case_says(case: Golden):
    """The command, field by field; nothing more."""
    assert "command" in case.values or "answer" in case.values
    if "command" in case.values:
        assert case.command() == case.values["command"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_client_gets_what_the_golden_case_says(case: Golden):
    """Status and body, to the last field."""
    if "answer" in case.values:
        assert case.answer() == case.values["answer"]


@pytest.mark.parametrize("name", VENDORS)
def test_every_route_has_a_success_and_a_failure(name: str):
    """And every route that shows jobs shows them in every status."""
    for route in dialects.load(name).routes:
        mine = [one for one in goldens(name) if one.route == route]
        statuses = {one.values["answer"]["status"] for one in mine if "answer" in one.values}
        assert any(status < 300 for status in statuses), f"{route.method} {route.path}: no success"
        assert any("error" in one.values for one in mine), (
            f"{route.method} {route.path}: no failure"
        )


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
def test_webhooks_say_what_the_golden_cases_say(name: str):
    """Each of the three ends of a job has a case, whether the vendor tells of it or not."""
    spoken = dialects.load(name).webhook
    assert spoken is not None
    assert {one["type"] for one in told(name)} >= {"job.succeeded", "job.failed", "job.canceled"}
    assert {one["type"] for one in told(name)} >= set(spoken.types)
    for one in told(name):
        word = spoken.types.get(one["type"])
        payload = None if word is None else spoken.encode(view_of(one["view"]), word)
        assert json.loads(json.dumps(payload)) == one["payload"]


@pytest.mark.parametrize("name", VENDORS)
def test_every_wire_field_counts_or_is_listed(name: str):
    """Some golden case sends it, and without it means something else; or `unsupported` says why not."""
    dialect = dialects.load(name)
    for route, model in requests(name).items():
        cases = [one for one in goldens(name) if one.values["route"] == route]
        for path in fields(model):
            field = f"{route}: {'.'.join(path)}"
            counts = any(one.counts(path) for one in cases)
            assert counts != (field in dialect.unsupported), field


@pytest.mark.parametrize("name", VENDORS)
def test_every_field_of_a_form_counts(name: str):
    """Where a route takes a form beside JSON, the form's own fields have golden cases too."""
    for route, model in forms(name).items():
        cases = [one for one in goldens(name) if one.values["route"] == route]
        sent = [one for one in cases if "form" in one.values.get("request", {})]
        for field in model.model_fields:
            assert any(one.counts((field,)) for one in sent), f"{route}: {field}"


@pytest.mark.parametrize("name", VENDORS)
def test_what_is_not_supported_is_named_rightly(name: str):
    """A field of a route that is there, or a route that isn't; each with a reason that says what happens."""
    dialect = dialects.load(name)
    known = {
        f"{route}: {'.'.join(path)}"
        for route, model in requests(name).items()
        for path in fields(model)
    }
    served = {f"{route.method} {route.path}" for route in dialect.routes}
    assert set(requests(name)) <= served
    for what, reason in dialect.unsupported.items():
        if ": " in what:
            assert what in known
        else:
            assert what not in served
            assert dialects.dialect_of(what.partition(" ")[2]) == name
        assert reason.startswith(("refused: ", "ignored: ", "ignored, "))


@pytest.mark.parametrize("name", VENDORS)
def test_the_coverage_table_is_current(name: str):
    """Else: `python -m tests.support.dialect_coverage --write`."""
    text = dialect_coverage.document(name).read_text(encoding="utf-8")
    assert text == dialect_coverage.filled(name, text)
