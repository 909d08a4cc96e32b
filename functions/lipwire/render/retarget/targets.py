"""From what the voice asks to what this face's mouth shall do, frame by frame."""

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d

from lipwire.domain.options import Expression
from lipwire.render.face.arrays import Floats, Mask

#: How far each expression moves the corners of the mouth, of a full smile.
SMILE = {Expression.NEUTRAL: 0.0, Expression.SMILING: 0.8, Expression.SERIOUS: -0.7}
#: What a full smile draws the corners up, and widens the mouth by, in eye distances; a frown goes half as far down.
SMILE_UP, SMILE_WIDER = 0.040, 0.050
#: A mouth moves before its sound is heard.
LEAD_S = 0.03
_BEFORE_S = -10.0
#: Lips glide from sound to sound where what is heard steps: the opening is smoothed by this standard deviation.
#: Against a real mouth saying the same, r rises from 0.605 to 0.626 (to 0.631 with 60 ms, but then quick syllables
#: open only half as wide); a fast voice asks for a quarter less movement and is opened wider on the whole.
_GLIDE_S = 0.04
_SAMPLES_PER_S = 100
#: A closure is kept when it lies within half of this around a frame: at 25 fps none may fall between frames.
_CLOSURE_WINDOW_S = 0.04
_CLOSURE = 0.5
#: Lips are no faster than this, in eye distances per second (about 18 cm/s).
FASTEST = 2.0
#: Standard deviations of the actor's mouth width for a fully pursed or spread sound.
_WIDTH_GAIN = 2.8


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
    """How far this person's mouth goes, in eye distances; `width` is what it has when no sound asks for another."""

    closed: float
    open: float
    width: float
    width_spread: float
    #: How a mouth widens as it opens, and the opening at which it is `width` wide.
    widening: float = 0.0
    middle: float = 0.0
    #: How fast these lips part and meet, in eye distances per second.
    fastest: float = FASTEST


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The wanted mouth per output frame, in eye distances."""

    opening: Floats
    width: Floats
    rounding: Floats
    closed: Mask
    energy: Floats

    def part(self, frames: slice) -> "Targets":
        """Those of some output frames."""
        return Targets(**{field.name: getattr(self, field.name)[frames] for field in fields(self)})


def mouth_targets(
    speech: Speech, moments: Floats, *, reach: MouthRange, times_s: Floats | None = None
) -> Targets:
    """The mouth wanted at each moment of the voice, in seconds; m, b and p always close it, NaN lets it rest.

    `times_s` are the times of the output, where they are others.
    """
    times_s = moments if times_s is None else times_s
    # Before its first sound a voice asks for nothing.
    moments = np.where(np.isnan(moments), _BEFORE_S, moments + LEAD_S)
    share = np.clip(np.interp(moments, speech.times_s, gliding(speech.opening)), 0.0, 1.0)
    rounding = np.interp(moments, speech.times_s, speech.rounding)
    closed = _closures(speech, moments)
    opening = reach.closed + (reach.open - reach.closed) * share
    opening = np.where(closed, np.minimum(opening, 0.6 * reach.closed), opening)
    opening[moments == _BEFORE_S] = reach.closed
    rounding[moments == _BEFORE_S] = 0.0
    opening = _reachable(opening, times_s, fastest=reach.fastest)
    widened = reach.widening * (opening - reach.middle)
    return Targets(
        opening=opening,
        width=reach.width + widened - _WIDTH_GAIN * reach.width_spread * rounding,
        rounding=rounding,
        closed=closed,
        energy=np.interp(moments, speech.times_s, speech.energy),
    )


def gliding(opening: Floats) -> Floats:
    """An opening as it is heard, at 100 Hz, as lips follow it."""
    smooth: Floats = gaussian_filter1d(np.asarray(opening, np.float64), _GLIDE_S * _SAMPLES_PER_S)
    return smooth


def _reachable(opening: Floats, times_s: Floats, *, fastest: float) -> Floats:
    """The opening held down where lips could not get there and back in time: a vowel between two closures."""
    held = opening.copy()
    most = fastest * np.diff(times_s)
    for k in range(1, len(held)):
        held[k] = min(held[k], held[k - 1] + most[k - 1])
    for k in range(len(held) - 2, -1, -1):
        held[k] = min(held[k], held[k + 1] + most[k])
    return held


def _closures(speech: Speech, moments: Floats) -> Mask:
    marked = np.concatenate([[0], np.cumsum(np.asarray(speech.closure) >= _CLOSURE)])
    begin = np.searchsorted(speech.times_s, moments - _CLOSURE_WINDOW_S / 2)
    end = np.searchsorted(speech.times_s, moments + _CLOSURE_WINDOW_S / 2)
    closed: Mask = marked[end] > marked[begin]
    return closed
