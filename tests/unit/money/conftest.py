"""What the tests of money share."""

import pytest

from lipwire.usecases import create_batch as creating
from lipwire.usecases import fill_batches as filling


@pytest.fixture
def small(monkeypatch):
    """Two jobs are what a transaction takes."""
    monkeypatch.setattr(creating, "MAX_JOBS", 2)
    monkeypatch.setattr(filling, "MAX_JOBS", 2)
