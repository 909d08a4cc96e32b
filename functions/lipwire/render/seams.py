"""Where an output is cut into parts: near silence, from its voices alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwire.domain.options import SpeakingOrder
from lipwire.render.media.sound import Sound
from lipwire.render.speech.loudness import log_power
from lipwire.render.speech.model import FRAMES_PER_S, SAMPLE_RATE

#: How far a cut may lie from where parts were equally long: share of a part, and at most so many seconds.
_REACH_SHARE, _REACH_S = 0.25, 5.0
#: What counts as equally quiet, in natural log of power: about 2 dB. Of those the place nearest to even parts is taken.
_STEP = 0.5
#: A breath between words rather than the gap inside one.
_SMOOTH_FRAMES = 25
_SILENCE = -25.0

_Curve = NDArray[np.float32]


def quiet_seams(
    speeches: Sequence[Path], *, order: SpeakingOrder, parts: int, length_ms: int
) -> tuple[int, ...]:
    """`parts` - 1 rising times in ms, at which an output of about `length_ms` is quiet and its parts are about equal.

    Every part of an output must be given the same: they are agreed once for all (`Reports.agree_cut`).
    """
    loud = _loudness([_power(one) for one in speeches], order, length_ms * FRAMES_PER_S // 1000)
    smooth = np.convolve(loud, np.ones(_SMOOTH_FRAMES) / _SMOOTH_FRAMES, "same")
    steps = np.floor(smooth / _STEP)
    length = len(loud) / parts
    reach = max(1, int(min(length * _REACH_SHARE, _REACH_S * FRAMES_PER_S)))
    seams = []
    for number in range(1, parts):
        even = round(length * number)
        near = np.arange(max(0, even - reach), min(len(loud), even + reach))
        best = near[np.lexsort((np.abs(near - even), steps[near]))[0]]
        seams.append(int(best) * 1000 // FRAMES_PER_S)
    return tuple(seams)


def _power(speech: Path) -> _Curve:
    return log_power(Sound(speech).samples(rate=SAMPLE_RATE))


def _loudness(powers: Sequence[_Curve], order: SpeakingOrder, frames: int) -> _Curve:
    """The louder voice at each moment of the output, silence where none is heard."""
    begins = [0, 0]
    if order is SpeakingOrder.LEFT_FIRST:
        begins = [0, len(powers[0])]
    elif order is SpeakingOrder.RIGHT_FIRST and len(powers) > 1:
        begins = [len(powers[1]), 0]
    loud = np.full(max(frames, 1), _SILENCE, np.float32)
    for begin, power in zip(begins, powers, strict=False):
        heard = power[: max(0, len(loud) - begin)]
        loud[begin : begin + len(heard)] = np.maximum(loud[begin : begin + len(heard)], heard)
    return loud
