"""Settings of the unit tests, and a fixed moment for those that need one."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def now() -> datetime:
    """A moment that never changes."""
    return datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
