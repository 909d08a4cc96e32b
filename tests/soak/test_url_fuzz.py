"""Random spellings of URLs for half a minute."""

import random

import pytest

from tests.support.url_fuzz import for_seconds, fuzz


def test_no_random_spelling_leads_inside_for_thirty_seconds(monkeypatch: pytest.MonkeyPatch):
    """Others each time; the seed is in the failure."""
    seed = random.randrange(2**32)
    try:
        assert fuzz(random.Random(seed), monkeypatch, goes_on=for_seconds(30)) > 10_000
    except AssertionError as exc:
        raise AssertionError(f"seed {seed}") from exc
