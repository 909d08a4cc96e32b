"""How one still mouth opens, closes, purses and smiles: landmarks only, no pixels."""

from dataclasses import dataclass

import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.points import Indices
from lipwire.render.retarget.geometry import (
    MOVED,
    STRETCH_SEEN,
    drop_profile,
    lip_opening,
    lip_width,
    skin_with_lips,
)
from lipwire.render.retarget.targets import SMILE_UP, SMILE_WIDER

#: Of an opening: the lower lip's share, the chin's, and how far the corners sink.
_LOWER_SHARE = 0.80
_CHIN_SHARE = 1.05
_CORNERS_SINK = 0.22
#: Of a closing (a smile that shuts): the lower lip's share.
_LOWER_SHARE_CLOSING = 0.62
#: Of the mouth's width: how much narrower it is when pursed, wider when spread, per eye distance of opening.
_PURSE, _SPREAD, _CORNERS_IN = 0.31, 0.16, 0.03
#: A mouth at rest is about this wide, in eye distances; what a smile adds goes when the lips are pursed.
_NEUTRAL_WIDTH, _SMILE_GIVES_WAY = 0.52, 0.36
#: A mouth that speaks lets go of its smile: of the bow of its corners this share, and this of what it is wider than a
#: mouth at rest; wholly so in a smile that is wider by the third figure and whose corners are higher by the fourth (both
#: in eye distances), less in a slighter one.
_BOW_EASES, _WIDTH_EASES, _BROAD, _BOWED = 0.65, 0.40, 0.10, 0.02
#: A smile that shuts is narrower by this share of the way it shuts.
_SHUT_IN = 0.70
#: Pursed lips grow fuller by this share of their thickness, and a smile's curve is flattened.
_FULLER, _FLATTENED = 0.24, 0.95
#: How far, in eye distances, skin goes along with the lips' outline.
_REACH = 0.16

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}


def rows(*groups: Indices) -> Indices:
    """Rows of `points.LIPS` that hold the landmarks of `groups`."""
    return np.array([_ROWS[int(point)] for group in groups for point in group])


_OUTER = rows(points.OUTER_LIPS)
_INNER = rows(points.INNER_LIPS)
_LOWER = rows(points.OUTER_LOWER, points.INNER_LOWER)
_UPPER = rows(points.OUTER_UPPER, points.INNER_UPPER)
_INNER_UPPER, _INNER_LOWER = rows(points.INNER_UPPER[1:-1]), rows(points.INNER_LOWER)
_OUTER_UPPER, _OUTER_LOWER = rows(points.OUTER_UPPER[1:-1]), rows(points.OUTER_LOWER)


@dataclass(frozen=True, slots=True)
class Pose:
    """A mouth asked of a still; opening and width in eye distances."""

    opening: float
    width: float
    #: From -1 (spread) to 1 (pursed): pursed lips are fuller, and hide the teeth.
    rounding: float = 0.0
    #: From -1 (corners down) to 1 (a smile), beyond the picture's own expression.
    smile: float = 0.0
    #: The share of the picture's own smile that the corners give up, 0..1.
    eased: float = 0.0


class StillMouth:
    """A mouth at rest: (478, 3) landmarks in pixels. One that never `speaks` keeps the picture's own smile."""

    def __init__(self, landmarks: Floats, *, speaks: bool = True) -> None:
        self.face = np.asarray(landmarks[:, :2], dtype=np.float64)
        self.eye_px = float(eye_distance(landmarks))
        self.rest_opening = float(measures.opening(landmarks))
        self.rest_width = float(measures.width(landmarks))
        across = self.face[points.MOUTH_RIGHT] - self.face[points.MOUTH_LEFT]
        self.half_px = max(float(np.linalg.norm(across)) / 2, 1.0)
        self.right = across / (2 * self.half_px)
        self.down = np.array([-self.right[1], self.right[0]])
        self.lips = self.face[points.LIPS]
        self.center = self.lips[_INNER].mean(axis=0)
        off = self.lips - self.center
        self._across, self._below = off @ self.right, off @ self.down
        u = np.clip(self._across / self.half_px, -1.0, 1.0)
        self._bow = u * u
        #: Its mean over the three measured gaps is about 1.
        self._profile = np.clip(1.0 - u * u, 0.0, 1.0) ** 0.8 / 0.93
        corners = [_ROWS[points.MOUTH_LEFT], _ROWS[points.MOUTH_RIGHT]]
        #: Negative in a smile.
        self._curve = float(self._below[corners].mean() - self._below[_INNER].mean())
        smiling = max(self.rest_width - _NEUTRAL_WIDTH, 0.0)
        broad = float(np.clip(smiling / _BROAD, 0.0, 1.0))
        broad *= float(np.clip(-self._curve / self.eye_px / _BOWED, 0.0, 1.0))
        self._eased = _BOW_EASES * broad if speaks else 0.0
        #: How much narrower it speaks.
        self._narrower = _WIDTH_EASES * broad * smiling if speaks else 0.0
        gaps = (self.lips[_INNER_LOWER] - self.lips[_INNER_UPPER]) @ self.down
        self._gaps = np.maximum(gaps, 0.0)

    def pose(self, opening: float, rounding: float, *, smile: float = 0.0) -> Pose:
        """The mouth that speaks with an opening and a rounding, with the width that goes with them."""
        wide = self.width_for(np.array([opening]), np.array([rounding]), smile=smile)
        # Who is asked to smile keeps the smile that is there.
        return Pose(opening, float(wide[0]), rounding, smile, self._eased * (1 - max(smile, 0.0)))

    def width_for(self, opening: Floats, rounding: Floats, *, smile: float = 0.0) -> Floats:
        """The width, in eye distances, that goes with an opening and a rounding (arrays of equal shape)."""
        rest = self.rest_width - self._narrower * (1 - max(smile, 0.0))
        smiling = max(rest - _NEUTRAL_WIDTH, 0.0)
        purse = _PURSE * rest + _SMILE_GIVES_WAY * smiling
        spread = _SPREAD * rest * float(np.clip((0.75 - rest) / 0.2, 0.2, 1.0))
        width = rest - purse * np.maximum(rounding, 0) + spread * np.maximum(-rounding, 0)
        width -= _CORNERS_IN * np.maximum(opening - self.rest_opening, 0.0)
        width -= _SHUT_IN * np.maximum(self.rest_opening - opening, 0.0)
        return np.asarray(width + SMILE_WIDER * smile, dtype=np.float64)

    def lips_at(self, pose: Pose) -> Floats:
        """The lips' outline (40, 2) in pixels, to be seen with the pose's opening and width.

        The opening is met to a thousandth; a stretch goes a seventh further than asked, for that much less of it is seen.
        """
        asked = pose.opening
        for _ in range(2):
            lips = self._lips(asked, pose)
            shown = float(lip_opening(lips[None])[0]) / self.eye_px
            asked = max(asked + pose.opening - shown, 0.0)
        return self._lips(asked, pose)

    def skin_at(self, pose: Pose, lips: Floats, *, jaw: bool) -> Floats:
        """Where the skin of `MOVED` lies with these lips; without `jaw` only what the lips themselves pull."""
        opening = pose.opening - self.rest_opening
        if opening < 0:
            opening *= _LOWER_SHARE_CLOSING
        drop = drop_profile(self.face, self.eye_px, right=self.right, down=self.down)
        share = _CHIN_SHARE if jaw else 0.0
        skin = (share * opening * self.eye_px * drop)[:, None] * self.down
        moved = skin_with_lips(
            self.face[None], lips[None], skin[None], middle=self.face, reach=_REACH * self.eye_px
        )
        return self.face[MOVED] + moved[0]

    def jaw_drop(self, pose: Pose) -> float:
        """How far the jaw is lower than in the picture, in eye distances."""
        return _LOWER_SHARE * max(pose.opening - self.rest_opening, 0.0)

    def _lips(self, asked: float, pose: Pose) -> Floats:
        opening = asked - self.rest_opening
        down = np.zeros(len(self.lips))
        if opening < 0:
            # Each pair of inner points closes its own gap, so that no sliver is left between them.
            left = 1.0 - asked / max(self.rest_opening, 1e-6)
            lower, upper = _LOWER_SHARE_CLOSING * left, (1 - _LOWER_SHARE_CLOSING) * left
            for inside, outside, share in (
                (_INNER_LOWER, _OUTER_LOWER, -lower),
                (_INNER_UPPER, _OUTER_UPPER, upper),
            ):
                down[inside] = down[outside] = share * self._gaps
        else:
            sink = _CORNERS_SINK * opening * self.eye_px
            open_px = opening * self.eye_px
            down += sink
            down[_LOWER] += (_LOWER_SHARE * open_px - sink) * self._profile[_LOWER]
            down[_UPPER] -= ((1 - _LOWER_SHARE) * open_px + sink) * self._profile[_UPPER]
        pursed = max(pose.rounding, 0.0)
        flat = pose.eased + _FLATTENED * pursed + 0.5 * max(-pose.smile, 0.0)
        down -= min(flat, 1.0) * min(self._curve, 0.0) * self._bow
        lift = SMILE_UP * pose.smile * (1.0 if pose.smile > 0 else 0.5)
        down -= lift * self.eye_px * self._bow
        outer = np.zeros(len(self.lips))
        middle = self._below[_INNER].mean()
        outer[_OUTER] = _FULLER * pursed * (self._below[_OUTER] - middle) * self._profile[_OUTER]
        lips = self.lips + (down + outer)[:, None] * self.down
        shown = float(lip_width(lips[None])[0]) / self.eye_px
        wide = 1.0 + (pose.width / max(shown, 1e-3) - 1.0) / STRETCH_SEEN
        return lips + ((wide - 1.0) * self._across)[:, None] * self.right
