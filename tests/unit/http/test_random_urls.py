"""Random spellings of URLs are answered, and none leads inside; thirty seconds of them are in `tests/soak`."""

import random

import pytest

from tests.support.url_fuzz import for_count, fuzz


@pytest.mark.fault(39, 40, 44)
def test_no_random_spelling_leads_inside(monkeypatch):
    """The same ones each time."""
    assert fuzz(random.Random(4), monkeypatch, goes_on=for_count(10_000)) == 10_000
