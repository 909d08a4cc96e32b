"""The inside of a mouth that the picture never showed: cavity, tongue, teeth."""

from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels

#: Borders between an average adult's upper teeth, in half mouth widths from the middle.
_TOOTH_BORDERS = np.array([0.0, 0.30, 0.53, 0.74, 0.90])
_LOWER_BORDERS = np.array([0.0, 0.20, 0.41, 0.62, 0.80])
#: How far upper teeth reach below a resting upper lip, in eye distances.
_UPPER_SHOW = 0.034
_LOWER_SHOW = 0.022


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of this picture's light; float RGB."""

    cavity: Floats
    tongue: Floats
    teeth: Floats
    #: The shadow where closed lips meet.
    crease: Floats

    @classmethod
    def of(cls, rgb: Pixels, landmarks: Floats, corner: tuple[int, int]) -> "Palette":
        """Taken from the lips and the brightest skin of the cheeks."""
        lips = _colors(rgb, landmarks[points.OUTER_LOWER], corner)
        skin = _colors(rgb, landmarks[[50, 280, 205, 425, 36, 266, 101, 330, 4]], corner)
        lip = np.median(lips, axis=0)
        bright = float(np.percentile(skin.max(axis=1), 70))
        neutral = skin.mean(axis=0) / max(float(skin.mean(axis=0).max()), 1.0)
        # Teeth take a little of the light's tint and are never brighter than lit skin.
        tint = np.array([1.0, 0.955, 0.88]) * (0.8 + 0.2 * neutral / neutral.mean())
        return cls(
            cavity=lip * np.array([0.17, 0.10, 0.10]) + 2.0,
            tongue=lip * np.array([0.60, 0.42, 0.44]),
            crease=lip * np.array([0.52, 0.42, 0.42]),
            teeth=np.clip(0.92 * bright * tint, 0, 245),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Cavity:
    """One mouth opening: its place and shape, in pixels along the mouth's own axes from `origin`."""

    origin: Floats
    right: Floats
    down: Floats
    eye_px: float
    #: Half width of the resting mouth: teeth don't shrink when lips do.
    half_width: float
    #: Upper and lower inner lip as (across, below) pairs, left to right.
    upper: Floats
    lower: Floats
    #: How far the jaw has dropped, and the opening.
    drop: float
    opening: float
    has_own_teeth: bool


def paint_interior(
    cavity: Cavity, palette: Palette, corner: tuple[int, int], size: tuple[int, int]
) -> Floats:
    """The inside of the mouth over a box; only what lies between the lips is meant to be seen."""
    width, height = size
    xs = corner[0] + np.arange(width) - cavity.origin[0]
    ys = corner[1] + np.arange(height) - cavity.origin[1]
    across = (xs[None] * cavity.right[0] + ys[:, None] * cavity.right[1]) / cavity.eye_px
    below = (xs[None] * cavity.down[0] + ys[:, None] * cavity.down[1]) / cavity.eye_px
    pixel = 1.0 / cavity.eye_px
    roof = _along(cavity.upper / cavity.eye_px, across)
    floor = _along(cavity.lower / cavity.eye_px, across)
    half = cavity.half_width / cavity.eye_px
    side = np.abs(across) / half
    depth = np.clip((below - roof) / np.maximum(floor - roof, 2 * pixel), 0.0, 1.0)

    image = palette.cavity * (0.55 + 0.65 * depth**2)[..., None]
    image = _tongue(image, palette, across, below, floor=floor, opening=cavity.opening)
    image = _lower_teeth(
        image, palette, side, below, floor=floor, opening=cavity.opening, pixel=pixel
    )
    if not cavity.has_own_teeth:
        image = _upper_teeth(image, palette, across / half, below, roof=roof, pixel=pixel)
    # The upper lip shades what is right behind it, and the corners are deep.
    shade = 0.50 + 0.50 * _step((below - roof) / (0.022 + pixel))
    shade = shade * (1.0 - 0.55 * np.clip(side, 0, 1.1) ** 3)
    painted: Floats = (image * shade[..., None]).astype(np.float32)
    return painted


def _tongue(
    image: Floats, palette: Palette, across: Floats, below: Floats, *, floor: Floats, opening: float
) -> Floats:
    seen = 0.80 * float(_step(np.array((opening - 0.05) / 0.10)))
    blob = np.exp(-((across / 0.17) ** 2) - ((below - floor + 0.004) / 0.050) ** 2)
    furrow = 1.0 - 0.12 * np.exp(-((across / 0.012) ** 2))
    return image + (seen * blob)[..., None] * (palette.tongue * furrow[..., None] - image)


def _lower_teeth(
    image: Floats,
    palette: Palette,
    side: Floats,
    below: Floats,
    *,
    floor: Floats,
    opening: float,
    pixel: float,
) -> Floats:
    seen = 0.55 * float(_step(np.array((opening - 0.10) / 0.08)))
    if seen == 0.0:
        return image
    gaps = _borders(side, _LOWER_BORDERS, 0.030)
    edge = floor - _LOWER_SHOW + 0.012 * side**2 + 0.004 * gaps
    cover = _soft_step((below - edge) / (0.004 + pixel)) * (1.0 - _step((side - 0.55) / 0.25))
    tone = 0.46 * (1.0 - 0.40 * side**2) * (1.0 - 0.22 * gaps)
    return image + (seen * cover)[..., None] * (palette.teeth * tone[..., None] - image)


def _upper_teeth(
    image: Floats, palette: Palette, across: Floats, below: Floats, *, roof: Floats, pixel: float
) -> Floats:
    side = np.abs(across)
    gaps = _borders(side, _TOOTH_BORDERS, 0.026)
    # Incisors hang lowest, canines a little less, and the row rises towards the cheeks.
    edge = _UPPER_SHOW - 0.034 * side**2 - 0.006 * gaps
    cover = _soft_step((edge - below) / (0.0035 + pixel)) * (1.0 - _step((side - 0.62) / 0.28))
    bulge = 1.0 - 0.10 * np.clip((below - roof) / 0.05, 0.0, 1.0) ** 2
    tone = 0.95 * (1.0 - 0.55 * side**2) * (1.0 - 0.16 * gaps) * bulge
    return image + cover[..., None] * (palette.teeth * tone[..., None] - image)


def _borders(side: Floats, borders: Floats, width: float) -> Floats:
    """Near 1 in the clefts between teeth."""
    near = np.abs(side[..., None] - borders).min(axis=-1)
    return np.exp(-((near / width) ** 2))


def _along(line: Floats, across: Floats) -> Floats:
    """A lip's height at each place across the mouth."""
    order = np.argsort(line[:, 0])
    height: Floats = np.interp(across, line[order, 0], line[order, 1])
    return height


def _step(t: Floats) -> Floats:
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _soft_step(t: Floats) -> Floats:
    return _step(t / 2.0 + 0.5)


def _colors(rgb: Pixels, where: Floats, corner: tuple[int, int]) -> Floats:
    """Colours around landmarks, each a small mean."""
    spot = cv2.blur(rgb, (3, 3))
    x = np.clip(np.round(where[:, 0] - corner[0]).astype(int), 0, rgb.shape[1] - 1)
    y = np.clip(np.round(where[:, 1] - corner[1]).astype(int), 0, rgb.shape[0] - 1)
    return spot[y, x].astype(np.float64)
