"""What the mouth does over a whole voice, a hundred times a second."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

_Curve = NDArray[np.float32]

#: Lips move before the sound they make is heard.
LEAD_S = 0.03


@dataclass(frozen=True, slots=True)
class MouthPose:
    """The mouth at one moment."""

    #: 0 at the speaker's own closed mouth, 1 at the widest they get while speaking.
    opening: float
    #: -1 spread, 0 at rest, 1 pursed.
    rounding: float
    #: 1 where the lips must touch: m, b, p.
    closure: float
    #: 0 in silence, 1 at the loudest.
    energy: float
    is_voiced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthTrack:
    """Curves of equal length, one value per 10 ms, times being the middles of those."""

    times_s: NDArray[np.float64]
    opening: _Curve
    rounding: _Curve
    closure: _Curve
    energy: _Curve
    voiced: NDArray[np.bool_]
    #: Of the sound itself, counted in samples.
    duration_s: Fraction
    model: str

    def sample(self, t_s: float | Fraction, lead_s: float = LEAD_S) -> MouthPose:
        """The mouth that belongs to a frame shown at `t_s`; at rest before the first and after the last sound."""
        t = float(t_s) + lead_s
        if len(self.times_s) == 0 or t > float(self.duration_s) + lead_s:
            return MouthPose(0.0, 0.0, 0.0, 0.0, is_voiced=False)
        nearest = min(int(np.searchsorted(self.times_s, t)), len(self.times_s) - 1)
        return MouthPose(
            opening=self._at(self.opening, t),
            rounding=self._at(self.rounding, t),
            closure=self._at(self.closure, t),
            energy=self._at(self.energy, t),
            is_voiced=bool(self.voiced[nearest]),
        )

    def _at(self, curve: _Curve, t: float) -> float:
        return float(np.interp(t, self.times_s, curve))
