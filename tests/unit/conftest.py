"""Settings of the unit tests, and a fixed moment for those that need one."""

from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

# The renderer's environment, in which some of these run, has no hypothesis.
if find_spec("hypothesis"):
    from hypothesis import settings

    # A machine that does much else holds an example up for longer than any deadline that would mean something.
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture
def now() -> datetime:
    """A moment that never changes."""
    return datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
