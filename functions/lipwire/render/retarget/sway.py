"""The little motions a living head always makes."""

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
_NOD_SMOOTH_S = 0.16
_GRID_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Per frame: shift across and down in eye distances, tilt in radians."""

    across: Floats
    down: Floats
    tilt: Floats


def head_motion(times_s: Floats, energy: Floats, *, seed: int) -> Motion:
    """Slow drift, and a nod where the voice is loud; rests at the first frame."""
    chance = np.random.default_rng(seed)
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
    ease = np.clip(times_s / 0.8, 0.0, 1.0)
    return Motion(
        across=_ACROSS * drift[0] * ease,
        down=(_DOWN * drift[1] + _NOD * (nod - nod.mean())) * ease,
        tilt=_TILT * drift[2] * ease,
    )


class Sway:
    """Moves a head inside its picture; the picture's borders stay."""

    def __init__(self, landmarks: Floats, size: tuple[int, int]) -> None:
        self._size = size
        self._eye_px = float(eye_distance(landmarks))
        face = np.asarray(landmarks[:, :2], dtype=np.float64)
        oval = face[points.OVAL]
        right = face[points.EYE_OUTER_RIGHT] - face[points.EYE_OUTER_LEFT]
        right = right / max(float(np.linalg.norm(right)), 1e-6)
        down = np.array([-right[1], right[0]])
        center = oval.mean(axis=0)
        wide = float(np.abs((oval - center) @ right).max())
        high = float(np.abs((oval - center) @ down).max())
        #: The head turns on its neck.
        self._pivot = face[points.CHIN] + 0.35 * high * down
        columns, rows = size[0] // _GRID_PX + 3, size[1] // _GRID_PX + 3
        xs, ys = (np.arange(columns) - 0.5) * _GRID_PX, (np.arange(rows) - 0.5) * _GRID_PX
        self._nodes = np.stack(np.meshgrid(xs, ys), axis=-1)
        off = self._nodes - (center - 0.25 * high * down)
        # The skull with its hair moves as one; from there to twice its size the motion dies away.
        radius = np.hypot(off @ right / (1.45 * wide), off @ down / (1.45 * high))
        weight = _step((2.1 - radius) / 1.1)
        edge = np.minimum.reduce(
            [xs[None] + 0 * ys[:, None], size[0] - xs[None] + 0 * ys[:, None],
             ys[:, None] + 0 * xs[None], size[1] - ys[:, None] + 0 * xs[None]]
        )  # fmt: skip
        self._weight = (weight * _step((edge - _GRID_PX) / (0.06 * min(size))))[..., None]
        self._right, self._down = right, down
        #: Nothing outside of this is touched.
        moved = np.argwhere(self._weight[..., 0] > 1e-3)
        low = np.maximum((moved.min(axis=0) - 1.5) * _GRID_PX, 0).astype(int)
        high_corner = np.minimum((moved.max(axis=0) + 1.5) * _GRID_PX, [size[1], size[0]]).astype(
            int
        )
        self._window = np.s_[low[0] : high_corner[0], low[1] : high_corner[1]]

    def move(self, rgb: Pixels, *, across: float, down: float, tilt: float) -> Pixels:
        """The picture with its head moved."""
        shift = self._eye_px * (across * self._right + down * self._down)
        off = self._nodes - self._pivot
        turned = np.stack([-off[..., 1], off[..., 0]], axis=-1) * tilt
        field = (-(turned + shift) * self._weight).astype(np.float32)
        to_node = np.array([[1 / _GRID_PX, 0, 0.5], [0, 1 / _GRID_PX, 0.5]])
        dense = cv2.warpAffine(
            field, to_node, self._size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )[self._window]
        rows, columns = self._window
        dense[..., 0] += np.arange(columns.start, columns.stop, dtype=np.float32)[None]
        dense[..., 1] += np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        moved = rgb.copy()
        moved[self._window] = cv2.remap(
            rgb, dense, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return moved


def _step(t: Floats) -> Floats:
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
