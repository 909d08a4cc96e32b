"""Blinking: each column of skin between brow and lid is drawn down over the eye; nothing else moves."""

from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.points import Indices

_EYES = (
    (points.LID_UPPER_LEFT, points.LID_LOWER_LEFT, points.BROW_LEFT),
    (points.LID_UPPER_RIGHT, points.LID_LOWER_RIGHT, points.BROW_RIGHT),
)
#: The lash line keeps its own shape over this much, in eye distances.
_LASHES = 0.022
#: The share of the way from lid to brow that is stretched.
_STRETCHED = 0.55
_CLOSES_S, _SHUT_S, _OPENS_S = 0.09, 0.04, 0.16
#: Middle of the pauses, and the share of blinks that come twice.
_PAUSE_S, _TWICE = 3.4, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    corner: tuple[int, int]
    #: Per pixel of its box: column along the eye, and heights of crease, upper and lower lid, all below `origin`.
    below: Floats
    crease: Floats
    upper: Floats
    lower: Floats
    inside: Floats
    down: Floats


class Eyelids:
    """Both eyes of a still."""

    def __init__(self, landmarks: Floats, size: tuple[int, int]) -> None:
        face = np.asarray(landmarks[:, :2], dtype=np.float64)
        self._lashes = _LASHES * float(eye_distance(landmarks))
        self._eyes = [_eye(face, *lines, size=size) for lines in _EYES]

    def close(self, rgb: Pixels, shut: float) -> None:
        """The picture's lids are `shut` (0..1) of the way down, in place."""
        for eye in self._eyes:
            height, width = eye.below.shape
            x, y = eye.corner
            view = rgb[y : y + height, x : x + width]
            lid = eye.upper + shut * np.maximum(eye.lower - eye.upper, 0.0) * 0.96
            # Rigid near the lashes, stretched above them up to the crease.
            moved = lid - eye.upper
            top = eye.crease
            bottom = lid - self._lashes
            own_bottom = eye.upper - self._lashes
            share = np.clip((eye.below - top) / np.maximum(bottom - top, 1e-3), 0.0, 1.0)
            stretched = top + share * np.maximum(own_bottom - top, 0.0)
            shift = np.where(eye.below < bottom, eye.below - stretched, moved)
            shift = np.where(eye.below < top, 0.0, shift)
            cover = np.clip(lid - eye.below + 0.5, 0.0, 1.0) * eye.inside
            maps_x = np.arange(width)[None] - shift * eye.down[0]
            maps_y = np.arange(height)[:, None] - shift * eye.down[1]
            drawn = cv2.remap(
                view,
                maps_x.astype(np.float32),
                maps_y.astype(np.float32),
                cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
            mixed = view + cover[..., None] * (drawn.astype(np.float32) - view)
            view[:] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _eye(
    face: Floats, upper: Indices, lower: Indices, brow: Indices, *, size: tuple[int, int]
) -> _Eye:
    a, b = face[upper[0]], face[upper[-1]]
    long = float(np.linalg.norm(b - a))
    right = (b - a) / max(long, 1e-6)
    down = np.array([-right[1], right[0]])
    around = np.concatenate([face[upper], face[lower], face[brow]])
    low = np.clip(np.floor(around.min(axis=0) - 0.1 * long), 0, [size[0] - 2, size[1] - 2])
    high = np.clip(np.ceil(around.max(axis=0) + 0.1 * long), low + 2, size)
    corner = (int(low[0]), int(low[1]))
    xs = corner[0] + np.arange(int(high[0]) - corner[0]) - a[0]
    ys = corner[1] + np.arange(int(high[1]) - corner[1]) - a[1]
    along = xs[None] * right[0] + ys[:, None] * right[1]
    below = xs[None] * down[0] + ys[:, None] * down[1]

    def line(numbers: Indices) -> Floats:
        off = face[numbers] - a
        u, v = off @ right, off @ down
        order = np.argsort(u)
        height: Floats = np.interp(along, u[order], v[order])
        return height

    lid = line(upper)
    return _Eye(
        corner=corner,
        below=below,
        crease=lid + _STRETCHED * (line(brow) - lid),
        upper=lid,
        lower=line(lower),
        inside=(
            np.clip(along / (0.08 * long), 0, 1) * np.clip((long - along) / (0.08 * long), 0, 1)
        ),
        down=down,
    )


def blinks(times_s: Floats, *, seed: int, person: int = 0) -> Floats:
    """How far the lids are shut (0..1) at each time: quick and irregular, now and then two in a row, as people blink.

    Pauses are log-normal, about 3.4 s in the middle; each person of a picture blinks by themselves.
    """
    chance = np.random.default_rng([seed, person, 2])
    shut = np.zeros(len(times_s))
    if len(times_s) == 0:
        return shut
    at = chance.uniform(0.8, 3.5)
    while at < times_s[-1]:
        slow = chance.uniform(0.85, 1.25)
        closes, opens = _CLOSES_S * slow, _OPENS_S * slow
        since = times_s - at
        closing = np.clip(since / closes, 0.0, 1.0)
        opening = np.clip((since - closes - _SHUT_S) / opens, 0.0, 1.0)
        # Lids fall fast and rise ever more slowly.
        wave = _ease(closing) * (1.0 - _ease(opening**0.8))
        shut = np.maximum(shut, wave)
        again = chance.random() < _TWICE
        pause = float(np.exp(chance.normal(np.log(_PAUSE_S), 0.45)))
        at += closes + _SHUT_S + opens + (0.08 if again else float(np.clip(pause, 1.2, 8.0)))
    return shut


def _ease(t: Floats) -> Floats:
    eased: Floats = t * t * (3.0 - 2.0 * t)
    return eased
