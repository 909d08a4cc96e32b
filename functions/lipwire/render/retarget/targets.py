"""From what the voice asks to what this face's mouth shall do, frame by frame."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lipwire.render.face.arrays import Floats, Mask

#: A mouth moves before its sound is heard.
LEAD_S = 0.03
#: A closure is kept when it lies within half of this around a frame: at 25 fps none may fall between frames.
_CLOSURE_WINDOW_S = 0.04
_CLOSURE = 0.5


class Speech(Protocol):
    """What the voice asks of a mouth, at 100 Hz."""

    @property
    def times_s(self) -> Floats: ...

    @property
    def opening(self) -> Floats: ...

    @property
    def rounding(self) -> Floats: ...

    @property
    def closure(self) -> Floats: ...

    @property
    def energy(self) -> Floats: ...


@dataclass(frozen=True, slots=True)
class MouthRange:
    """How far this person's mouth goes, in eye distances."""

    closed: float
    open: float
    width: float
    width_spread: float


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The wanted mouth per output frame, in eye distances."""

    opening: Floats
    width: Floats
    rounding: Floats
    closed: Mask
    energy: Floats


def mouth_targets(speech: Speech, times_s: Floats, *, reach: MouthRange) -> Targets:
    """The mouth wanted at each output time; m, b and p always close it."""
    moments = times_s + LEAD_S
    share = np.clip(np.interp(moments, speech.times_s, speech.opening), 0.0, 1.0)
    rounding = np.interp(moments, speech.times_s, speech.rounding)
    closed = _closures(speech, moments)
    opening = reach.closed + (reach.open - reach.closed) * share
    return Targets(
        opening=np.where(closed, np.minimum(opening, 0.6 * reach.closed), opening),
        width=reach.width - 1.3 * reach.width_spread * rounding,
        rounding=rounding,
        closed=closed,
        energy=np.interp(moments, speech.times_s, speech.energy),
    )


def _closures(speech: Speech, moments: Floats) -> Mask:
    marked = np.concatenate([[0], np.cumsum(np.asarray(speech.closure) >= _CLOSURE)])
    begin = np.searchsorted(speech.times_s, moments - _CLOSURE_WINDOW_S / 2)
    end = np.searchsorted(speech.times_s, moments + _CLOSURE_WINDOW_S / 2)
    closed: Mask = marked[end] > marked[begin]
    return closed
