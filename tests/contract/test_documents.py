"""OpenAPI documents: current, and true of what is answered, whatever is asked (`make soak` asks more)."""

import json

import pytest

from lipwire import dialects
from lipwire.dialects.native.openapi import openapi
from tests.support import dialect_openapi
from tests.support.document_checks import failures

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
