"""OpenAPI documents against a hundred fitting and a hundred unfitting requests for each operation."""

import pytest

from lipwire import dialects
from lipwire.dialects.native.openapi import openapi
from tests.support import dialect_openapi
from tests.support.document_checks import failures


@pytest.mark.parametrize("name", dialects.names())
def test_every_answer_is_documented_a_hundred_times(name):
    """Others each time; the failure names the request."""
    document = openapi("") if name == "native" else dialect_openapi.made(name)
    assert list(failures(name, document, examples=100, derandomize=False)) == []
