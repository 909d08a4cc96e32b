"""OpenAPI documents: current, and true of what is answered, whatever is asked (`make soak` asks more)."""

import json
import re

import pytest

from lipwire import dialects
from lipwire.dialects.native.openapi import openapi
from tests.support import dialect_openapi
from tests.support.document_checks import failures
from tests.support.goldens import goldens
from tests.support.memory_app import MemoryApp

VENDORS = [name for name in dialects.names() if name != "native"]
#: Of each kind, for each operation.
EXAMPLES = 2


@pytest.mark.parametrize("name", VENDORS)
def test_a_dialects_document_is_current(name):
    """Else: `python -m tests.support.dialect_openapi --write`."""
    text = dialect_openapi.document(name).read_text(encoding="utf-8")
    assert text == dialect_openapi.text_of(name)


@pytest.mark.parametrize("name", VENDORS)
def test_a_dialects_document_has_every_route(name):
    """And refers only to what it has."""
    document = dialect_openapi.made(name)
    documented = {(m.upper(), path) for path, ms in document["paths"].items() for m in ms}
    assert documented == {(route.method, route.path) for route in dialects.load(name).routes}


@pytest.mark.parametrize("name", dialects.names())
def test_every_answer_is_documented(name):
    """Status, content type and body of what schemathesis asks, fitting and unfitting; never a bug of ours."""
    document = openapi("") if name == "native" else dialect_openapi.made(name)
    json.dumps(document)
    assert list(failures(name, document, examples=EXAMPLES, derandomize=True)) == []


@pytest.mark.parametrize("name", VENDORS)
def test_what_golden_requests_meet_is_documented(name):
    """By an account that is rich and by one that is poor, whose ids nobody knows: statuses and media types."""
    document = dialect_openapi.made(name)
    missing = set()
    for app in (MemoryApp(), MemoryApp(credits=0)):
        for case in goldens(name):
            if "request" not in case.values:
                continue
            route, asked = case.route, case.request()
            params = dict.fromkeys(re.findall(r"{(\w+)}", route.path), "7") | asked.path_params
            found = app.answer(
                case.spoken,
                route,
                route.path,
                params,
                query=asked.query,
                headers=asked.headers,
                body=asked.body,
            )
            said = document["paths"][route.path][route.method.lower()]["responses"]
            said = said.get(str(found.status), {"description": None})
            if "$ref" in said:
                said = document["components"]["responses"][said["$ref"].rpartition("/")[2]]
            kind = found.content_type.partition(";")[0]
            if said["description"] is None or (found.body and kind not in said.get("content", ())):
                missing.add(
                    f"{route.method} {route.path}: {found.status} {kind}: {case.values['case']}"
                )
    assert sorted(missing) == []


def test_what_needs_no_key_is_described_as_such():
    """And what comes line by line is no JSON."""
    operation = dialect_openapi.made("sync_so")["paths"]["/v2/batch/{id}/output"]["get"]
    assert operation["security"] == []
    assert not {"401", "403"} & set(operation["responses"])
    assert set(operation["responses"]["200"]["content"]) == {"application/x-ndjson"}


def test_a_form_is_described_with_its_files():
    """Whose `input` need not be there."""
    document = dialect_openapi.made("sync_so")
    content = document["paths"]["/v2/generate"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][form]
    assert {"video", "audio"} <= set(schema["properties"])
    assert "input" not in schema["required"]
