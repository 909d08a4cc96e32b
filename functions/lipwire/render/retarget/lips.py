"""Lips from another frame, in place and in this frame's light."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.retarget.spline import Spline, look_up

#: In eye distances: half the side of a kept mouth crop, how far the patch outgrows the lips, its feather.
CROP_HALF = 0.78
_GROWN = 0.085
_FEATHER = 0.035
#: Lips that stand out beyond a turned face's outline are laid this far beyond themselves.
_STANDS_OUT = 0.06
#: Inner lips stay this far apart, or the spline would fold.
_LEAST_GAP = 0.012
#: Reach of the colour correction from the patch's ring inwards.
_LIGHT_REACH = 0.16
_RING = (0.03, 0.55)
#: Softness of a tint's edge in eye distances; a weaker tint, in levels, is left out.
_TINT_EDGE, _LEAST_TINT = 0.02, 0.5
#: Besides the lips, these tie a patch to its place.
TIES = np.array([2, 98, 327, 205, 425, 199, 175, 152])

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}
_OUTLINE = np.array([_ROWS[int(point)] for point in points.OUTER_LIPS])
_INNER = np.array([_ROWS[int(point)] for point in points.INNER_LIPS])
_UPPER_INNER = np.array([_ROWS[int(point)] for point in points.INNER_UPPER[1:-1]])
_LOWER_INNER = np.array([_ROWS[int(point)] for point in points.INNER_LOWER])


@dataclass(frozen=True, slots=True, eq=False)
class MouthSource:
    """A mouth as one frame shows it: pixels from `corner`, its lips and ties in that frame's coordinates."""

    frame: int
    rgb: Pixels
    corner: tuple[int, int]
    lips: Floats
    ties: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lent:
    """A mouth as one output frame borrows it: its share of what is shown, and what its lips' RGB must change by."""

    mouth: MouthSource
    share: float
    tint: Floats


def mouth_box(
    landmarks: Floats, *, eye_px: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """The square around the mouth that a `MouthSource` keeps, inside a picture of `size`."""
    center = landmarks[points.LIPS, :2].mean(axis=0)
    half = CROP_HALF * eye_px
    x0, y0 = np.floor(np.clip(center - half, 0, [size[0] - 2, size[1] - 2])).astype(int)
    x1, y1 = np.ceil(np.clip(center + half, [x0 + 2, y0 + 2], size)).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def lip_mask(
    outline: Floats, corner: tuple[int, int], size: tuple[int, int], *, eye_px: float
) -> Floats:
    """1 on the lips, fading to 0 a little outside of them; over a box of `size` (width, height)."""
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    shifted = np.round((outline - np.array(corner)) * 16).astype(np.int32)
    cv2.fillPoly(mask, [shifted], 255, lineType=cv2.LINE_AA, shift=4)
    grow = max(1, round(_GROWN * eye_px))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    grown = cv2.dilate(mask, disk).astype(np.float32) / 255
    soft: Floats = cv2.GaussianBlur(grown, (0, 0), max(0.8, _FEATHER * eye_px))
    return soft


def lay_lips(
    base: Floats,
    corner: tuple[int, int],
    *,
    lips: Floats,
    ties: Floats,
    face: Floats,
    sources: Sequence[Lent],
    eye_px: float,
    sampling: int = cv2.INTER_CUBIC,
) -> tuple[Floats, tuple[slice, slice]] | None:
    """`base` (float, in place) shows the sources' lips at `lips`; returns the mask and where in `base` it lies.

    Nothing is laid beyond the `face`'s outline (k, 2): in a turned head it runs close by the lips.
    """
    outline = lips[_OUTLINE]
    reach = (_GROWN + 3.2 * _FEATHER) * eye_px
    low = np.floor(outline.min(axis=0) - reach).astype(int)
    high = np.ceil(outline.max(axis=0) + reach).astype(int)
    bottom_right = np.array([corner[0] + base.shape[1], corner[1] + base.shape[0]])
    low = np.maximum(low, corner)
    high = np.minimum(high, bottom_right)
    if (high - low < 4).any():
        return None
    box = (int(low[0]), int(low[1]))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    where = np.s_[
        box[1] - corner[1] : high[1] - corner[1], box[0] - corner[0] : high[0] - corner[0]
    ]
    mask = lip_mask(outline, box, size, eye_px=eye_px)
    mask *= _within(face, outline, box, size, eye_px=eye_px)
    under = base[where]
    ring = ((mask > _RING[0]) & (mask < _RING[1])).astype(np.float32)
    opened = _parted(lips, eye_px=eye_px)
    mixed = np.zeros_like(under)
    for lent in sources:
        patch = _fetch(
            lent.mouth, opened, ties, box=box, size=size, step=0.06 * eye_px, sampling=sampling
        )
        patch += _light(under - patch, ring, reach=_LIGHT_REACH * eye_px)
        mixed += lent.share * patch
    tint = np.sum([lent.share * lent.tint for lent in sources], axis=0)
    if np.abs(tint).max() >= _LEAST_TINT:
        mixed += _on_lips(lips, box, size, eye_px=eye_px)[..., None] * tint.astype(np.float32)
    base[where] = under + mask[..., None] * (mixed - under)
    return mask, where


def _within(
    face: Floats, outline: Floats, corner: tuple[int, int], size: tuple[int, int], *, eye_px: float
) -> Floats:
    """0 beyond the face and on its edge, 1 a little inside, over a box of `size` (width, height) from `corner`.

    The mesh's own outline runs by ears and jaw: in a head turned far, lips stand out beyond it. So the face is what that
    outline and the lips' (in the picture's pixels, as it), a little grown, span.
    """
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    middle = outline.mean(axis=0)
    off = outline - middle
    far = np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-6)
    lips = middle + off * (1 + _STANDS_OUT * eye_px / far)
    span = cv2.convexHull(np.concatenate([face, lips]).astype(np.float32))[:, 0]
    shifted = np.round((span - np.array(corner)) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, shifted, 255, lineType=cv2.LINE_AA, shift=4)
    if mask.all():
        return np.ones(mask.shape, dtype=np.float32)
    # Beyond the box is what lies at its border: a face that goes on there does not end there.
    soft = cv2.GaussianBlur(
        mask, (0, 0), max(0.8, _FEATHER * eye_px), borderType=cv2.BORDER_REPLICATE
    )
    return np.clip(soft.astype(np.float32) / 127.5 - 1.0, 0.0, 1.0)


def _on_lips(
    lips: Floats, corner: tuple[int, int], size: tuple[int, int], *, eye_px: float
) -> Floats:
    """1 on both lips with a soft edge, 0 beside them and between them."""
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    outer, inner = (
        np.round((lips[rows] - np.array(corner)) * 16).astype(np.int32)
        for rows in (_OUTLINE, _INNER)
    )
    cv2.fillPoly(mask, [outer], 255, lineType=cv2.LINE_AA, shift=4)
    cv2.fillPoly(mask, [inner], 0, lineType=cv2.LINE_AA, shift=4)
    soft: Floats = cv2.GaussianBlur(mask, (0, 0), max(0.8, _TINT_EDGE * eye_px))
    return soft.astype(np.float32) / 255


def _fetch(
    source: MouthSource,
    lips: Floats,
    ties: Floats,
    *,
    box: tuple[int, int],
    size: tuple[int, int],
    step: float,
    sampling: int,
) -> Floats:
    """The source's mouth moved so that its lips lie at `lips`."""
    wanted = np.concatenate([lips, ties])
    shown = np.concatenate([source.lips, source.ties])
    field = Spline.through(wanted, shown - wanted).over(box, size, step=step)
    maps = look_up(field, box, image_corner=source.corner)
    patch: Floats = cv2.remap(
        source.rgb, maps, None, sampling, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    return patch


def _parted(lips: Floats, *, eye_px: float) -> Floats:
    """The outline with its inner lips at least a hair apart."""
    out = lips.copy()
    upper, lower = out[_UPPER_INNER], out[_LOWER_INNER]
    across = out[_ROWS[points.MOUTH_RIGHT]] - out[_ROWS[points.MOUTH_LEFT]]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    down = np.array([-across[1], across[0]])
    gap = (lower - upper) @ down
    short = np.maximum(_LEAST_GAP * eye_px - gap, 0.0)[:, None]
    out[_UPPER_INNER] = upper - short / 2 * down
    out[_LOWER_INNER] = lower + short / 2 * down
    return out


def _light(difference: Floats, ring: Floats, *, reach: float) -> Floats:
    """The ring's difference spread smoothly over the patch: a membrane without a solver, so without flicker."""
    shrink = max(1, round(reach / 5))
    size = (max(2, ring.shape[1] // shrink), max(2, ring.shape[0] // shrink))
    weights = cv2.resize(ring, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(difference * ring[..., None], size, interpolation=cv2.INTER_AREA)
    sigma = reach / shrink
    total = float(weights.sum())
    mean = sums.sum(axis=(0, 1)) / max(total, 1e-6)
    spread_w = cv2.GaussianBlur(weights, (0, 0), sigma)[..., None]
    spread_s = cv2.GaussianBlur(sums, (0, 0), sigma)
    smooth = (spread_s + 1e-3 * mean) / (spread_w + 1e-3)
    field: Floats = cv2.resize(
        smooth.astype(np.float32), ring.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return field
