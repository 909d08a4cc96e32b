"""The races of tests/integration/test_limits.py, at full size."""

import pytest

from lipwire.domain.limits import Rate
from tests.support.limit_races import LimitRaces, most_in_any_window

RACES = 1000
WRITERS = 64


@pytest.fixture
def races(platform) -> LimitRaces:
    """Accounts of their own."""
    return LimitRaces(platform.aws("dynamodb"), platform.names["LIMITS_TABLE"])


@pytest.mark.fault(15)
def test_no_window_passes_too_much_in_a_thousand_races(races):
    """Sixty-four requests at once where ten may pass."""
    rate = Rate(per_minute=60, burst=10)
    for _ in range(RACES):
        count, moments = races.burst(rate, writers=WRITERS)
        assert count >= rate.burst
        assert most_in_any_window(moments, rate)


def test_no_place_is_given_twice_in_a_thousand_races(races):
    """Sixty-four jobs at once where five may be active."""
    for _ in range(RACES):
        assert races.begin(writers=WRITERS, most=5) == (5, 5)
