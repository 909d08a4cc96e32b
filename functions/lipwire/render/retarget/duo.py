"""Two people and two voices: who is heard, and whose mouth moves, at each moment."""

from fractions import Fraction

import numpy as np

from lipwire.domain.options import SpeakingOrder
from lipwire.render.face.arrays import Floats


def voice_starts(
    durations_s: tuple[Fraction, Fraction], order: SpeakingOrder
) -> tuple[Fraction, Fraction]:
    """When the left and the right voice begin, in seconds of the output; taking turns, the second follows at once."""
    left, right = durations_s
    if order is SpeakingOrder.LEFT_FIRST:
        return Fraction(0), left
    if order is SpeakingOrder.RIGHT_FIRST:
        return right, Fraction(0)
    return Fraction(0), Fraction(0)


def total_s(durations_s: tuple[Fraction, Fraction], order: SpeakingOrder) -> Fraction:
    """How long both voices take together, in seconds."""
    starts = voice_starts(durations_s, order)
    return max(start + length for start, length in zip(starts, durations_s, strict=True))


def voice_moments(
    times_s: Floats, durations_s: tuple[Fraction, Fraction], order: SpeakingOrder
) -> tuple[Floats, Floats]:
    """For each output time the moment in the left and in the right voice, in seconds; NaN while that one is silent."""
    moments = []
    for start, length in zip(voice_starts(durations_s, order), durations_s, strict=True):
        since = np.asarray(times_s, dtype=np.float64) - float(start)
        moments.append(np.where((since >= 0) & (since < float(length)), since, np.nan))
    return moments[0], moments[1]
