"""Prices are whole milli-credits, rounded up, and never above the estimate."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.credits import price_of_duration, price_of_frames


def test_a_second_of_frames_costs_a_second():
    """25 frames at 25 frames a second cost one second's price."""
    assert price_of_frames(25, Fraction(25), per_second=1000) == 1000


def test_a_started_millicredit_is_charged_whole():
    """One frame of 29.97 is rounded up, not down and not to a float."""
    assert price_of_frames(1, Fraction(30000, 1001), per_second=1000) == 34


@given(
    duration_ms=st.integers(0, 4 * 3600 * 1000),
    fps=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60)]),
    per_second=st.integers(0, 5000),
)
def test_the_frames_of_a_voice_never_cost_more_than_its_estimate(duration_ms, fps, per_second):
    """A render of one frame more than the voice lasts still fits the estimate."""
    frames = int(Fraction(duration_ms, 1000) * fps) + 1
    estimate = price_of_duration(duration_ms, per_second=per_second)
    assert price_of_frames(frames, fps, per_second=per_second) <= estimate
