"""Two voices in one picture, told apart in time."""

from fractions import Fraction

import numpy as np
import pytest

from lipwire.domain.options import SpeakingOrder
from lipwire.render.retarget.duo import total_s, voice_moments, voice_starts

LENGTHS = (Fraction(2), Fraction(3))


@pytest.mark.parametrize(
    ("order", "starts", "total"),
    [
        (SpeakingOrder.TOGETHER, (0, 0), 3),
        (SpeakingOrder.LEFT_FIRST, (0, 2), 5),
        (SpeakingOrder.RIGHT_FIRST, (3, 0), 5),
    ],
)
def test_voices_start_in_their_order(
    order: SpeakingOrder, starts: tuple[int, int], total: int
) -> None:
    """Together both begin at once; in turns the second begins where the first ends."""
    assert voice_starts(LENGTHS, order) == starts
    assert total_s(LENGTHS, order) == total


def test_in_turns_nobody_speaks_while_the_other_does() -> None:
    """At each time exactly one has a moment in their voice, counted from that voice's own start."""
    times = np.arange(125) / 25
    left, right = voice_moments(times, LENGTHS, SpeakingOrder.RIGHT_FIRST)
    assert np.array_equal(np.isnan(left), ~np.isnan(right))
    assert np.isnan(left[:75]).all()
    assert left[75] == 0
    assert right[74] == pytest.approx(2.96)
