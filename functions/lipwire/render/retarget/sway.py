"""The little motions a living head always makes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.measures import smooth_in_time

#: Amplitudes in eye distances and radians; periods in seconds that never come together.
_ACROSS, _DOWN, _TILT = 0.022, 0.012, 0.013
_PERIODS = ((5.3, 3.1, 1.9), (4.1, 2.7, 1.6), (6.1, 3.7, 2.3))
_WEIGHTS = (0.55, 0.30, 0.15)
_NOD = 0.018
#: Breathing lifts the head this much, once in so many seconds.
_BREATH, _BREATH_S = 0.006, (3.4, 4.6)
_NOD_SMOOTH_S = 0.16
_GRID_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Per frame: shift across and down in eye distances, tilt in radians."""

    across: Floats
    down: Floats
    tilt: Floats

    def at(self, k: int) -> "HeadPose":
        """The head in frame k."""
        return HeadPose(float(self.across[k]), float(self.down[k]), float(self.tilt[k]))


@dataclass(frozen=True, slots=True)
class HeadPose:
    """A head moved across and down, in eye distances, and tilted, in radians."""

    across: float
    down: float
    tilt: float


def head_motion(times_s: Floats, energy: Floats, *, seed: int, person: int = 0) -> Motion:
    """Slow drift, breath, and a nod where the voice is loud; rests at the first frame.

    Each person of a picture moves by themselves, and each seed moves them otherwise.
    """
    chance = np.random.default_rng([seed, person, 1])
    drift = []
    for periods in _PERIODS:
        phases = chance.uniform(0, 2 * np.pi, len(periods))
        wave = sum(
            weight * np.sin(2 * np.pi * times_s / period + phase)
            for weight, period, phase in zip(_WEIGHTS, periods, phases, strict=True)
        )
        drift.append(np.asarray(wave, dtype=np.float64))
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.04
    nod = smooth_in_time(energy, _NOD_SMOOTH_S / step)
    period = chance.uniform(*_BREATH_S)
    breath = _BREATH * np.sin(2 * np.pi * times_s / period + chance.uniform(0, 2 * np.pi))
    ease = np.clip(times_s / 0.8, 0.0, 1.0)
    return Motion(
        across=_ACROSS * drift[0] * ease,
        down=(_DOWN * drift[1] + breath + _NOD * (nod - nod.mean())) * ease,
        tilt=_TILT * drift[2] * ease,
    )


class Sway:
    """Moves one head inside its picture; the picture's borders stay.

    Where the motion of this head and of `others` would reach the same background, each moves the part that is nearer
    to it, with a soft change from one to the other, so that nothing tears between two people.
    """

    def __init__(
        self, landmarks: Floats, size: tuple[int, int], *, others: Sequence[Floats] = ()
    ) -> None:
        self.size = size
        head = _Head.of(landmarks)
        self._eye_px = head.eye_px
        self._right, self._down, self._pivot = head.right, head.down, head.pivot
        columns, rows = size[0] // _GRID_PX + 3, size[1] // _GRID_PX + 3
        xs, ys = (np.arange(columns) - 0.5) * _GRID_PX, (np.arange(rows) - 0.5) * _GRID_PX
        self._nodes = np.stack(np.meshgrid(xs, ys), axis=-1)
        # The skull with its hair moves as one; from there to twice its size the motion dies away.
        radius = head.radius(self._nodes)
        weight = _step((2.1 - radius) / 1.1)
        for other in others:
            weight = weight * _step((_Head.of(other).radius(self._nodes) - radius) / 0.8 + 0.5)
        edge = np.minimum.reduce(
            [xs[None] + 0 * ys[:, None], size[0] - xs[None] + 0 * ys[:, None],
             ys[:, None] + 0 * xs[None], size[1] - ys[:, None] + 0 * xs[None]]
        )  # fmt: skip
        self._weight = (weight * _step((edge - _GRID_PX) / (0.06 * min(size))))[..., None]
        moved = np.argwhere(self._weight[..., 0] > 1e-3)
        low = np.maximum((moved.min(axis=0) - 1.5) * _GRID_PX, 0).astype(int)
        high = np.minimum((moved.max(axis=0) + 1.5) * _GRID_PX, [size[1], size[0]]).astype(int)
        #: Rows and columns outside of which nothing is touched: top, left, bottom, right.
        self.window = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def displacement(self, pose: HeadPose) -> Floats:
        """Where each node of a coarse grid finds its content, in pixels from itself."""
        shift = self._eye_px * (pose.across * self._right + pose.down * self._down)
        off = self._nodes - self._pivot
        turned = np.stack([-off[..., 1], off[..., 0]], axis=-1) * pose.tilt
        field: Floats = (-(turned + shift) * self._weight).astype(np.float32)
        return field

    def move(self, rgb: Pixels, *, across: float, down: float, tilt: float) -> Pixels:
        """The picture with this head moved."""
        return move_heads(rgb, [self], [HeadPose(across, down, tilt)])


def move_heads(
    rgb: Pixels,
    sways: Sequence[Sway],
    poses: Sequence[HeadPose],
    *,
    interpolation: int = cv2.INTER_CUBIC,
) -> Pixels:
    """The picture with each head in its pose, re-sampled once."""
    if not sways:
        return rgb.copy()
    field = np.sum(
        [sway.displacement(pose) for sway, pose in zip(sways, poses, strict=True)], axis=0
    )
    windows = np.array([sway.window for sway in sways])
    (top, left), (bottom, right) = windows[:, :2].min(axis=0), windows[:, 2:].max(axis=0)
    to_node = np.array(
        [[1 / _GRID_PX, 0, 0.5 + left / _GRID_PX], [0, 1 / _GRID_PX, 0.5 + top / _GRID_PX]]
    )
    dense = cv2.warpAffine(
        field,
        to_node,
        (int(right - left), int(bottom - top)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    dense[..., 0] += np.arange(left, right, dtype=np.float32)[None]
    dense[..., 1] += np.arange(top, bottom, dtype=np.float32)[:, None]
    moved = rgb.copy()
    moved[top:bottom, left:right] = cv2.remap(
        rgb, dense, None, interpolation, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    eye_px: float
    right: Floats
    down: Floats
    #: The head turns on its neck.
    pivot: Floats
    middle: Floats
    #: Half axes of the skull with its hair.
    wide: float
    high: float

    @classmethod
    def of(cls, landmarks: Floats) -> "_Head":
        face = np.asarray(landmarks[:, :2], dtype=np.float64)
        oval = face[points.OVAL]
        right = face[points.EYE_OUTER_RIGHT] - face[points.EYE_OUTER_LEFT]
        right = right / max(float(np.linalg.norm(right)), 1e-6)
        down = np.array([-right[1], right[0]])
        center = oval.mean(axis=0)
        wide = float(np.abs((oval - center) @ right).max())
        high = float(np.abs((oval - center) @ down).max())
        return cls(
            eye_px=float(eye_distance(landmarks)),
            right=right,
            down=down,
            pivot=face[points.CHIN] + 0.35 * high * down,
            middle=center - 0.25 * high * down,
            wide=1.45 * wide,
            high=1.45 * high,
        )

    def radius(self, where: Floats) -> Floats:
        """How far out places lie: 1 at the outline of the skull."""
        off = where - self.middle
        out: Floats = np.hypot(off @ self.right / self.wide, off @ self.down / self.high)
        return out


def _step(t: Floats) -> Floats:
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
