"""The inside of a mouth: the picture's own teeth where it shows them, else teeth, tongue and cavity in its colours."""

from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Ints, Pixels

#: Borders between an average adult's teeth, in half mouth widths from the middle.
_UPPER_BORDERS = np.array([0.0, 0.34, 0.60, 0.83, 1.02, 1.18])
_LOWER_BORDERS = np.array([0.0, 0.21, 0.43, 0.66, 0.86, 1.04])
#: How much shorter each upper tooth is than the middle ones, in eye distances.
_SHORTER = np.array([0.0, 0.007, 0.001, 0.008, 0.013, 0.018])
#: Teeth are no larger in a wide mouth and no smaller in a narrow one than these half widths, in eye distances.
_HALF_WIDTH = (0.19, 0.29)
#: How far teeth reach beyond a resting lip, in eye distances.
_UPPER_SHOW = 0.037
_LOWER_SHOW = 0.020
#: A gap this high, in eye distances, lets in all the light that a mouth gets; a closed one this share of it. Front teeth
#: stand right behind the lips and are lit sooner.
_LIT_GAP, _TEETH_LIT_GAP, _DARKEST = 0.085, 0.050, 0.07
#: Shade behind pursed lips: over all, more towards the corners, more under the upper lip. Teeth stay visible in it.
_PURSED_SHADE, _CORNER_SHADE, _LIP_SHADE = 0.20, 0.40, 0.22
#: What is left of red, green and blue where light came through lips, deep in the mouth and at its front.
_WARM, _WARM_TEETH = np.array([1.0, 1.4, 1.5]), np.array([1.0, 1.16, 1.26])
#: A picture's own teeth may be drawn this much longer, and begin this far inside its lips (eye distances).
_LONGER, _INSET = 1.22, 0.008
#: A lower lip is off its place when it lies so many eye distances lower.
_LOWERED = 0.006

_SKIN = np.array([50, 280, 205, 425, 36, 266, 101, 330, 4])
_EYE_WHITES = np.array([[33, 468], [133, 468], [362, 473], [263, 473]])


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of this picture's light; float RGB 0..255."""

    cavity: Floats
    tongue: Floats
    teeth: Floats
    #: The shadow where closed lips meet.
    crease: Floats
    #: Standard deviation of the picture's grain, in levels.
    grain: float

    @classmethod
    def of(
        cls, rgb: Pixels, landmarks: Floats, corner: tuple[int, int], *, eye_px: float
    ) -> "Palette":
        """From lips, cheeks and eye whites; each colour is a mean over a patch, so it is steady through a clip."""
        lip = np.median(_colors(rgb, landmarks[points.OUTER_LOWER], corner, eye_px), axis=0)
        skin = _colors(rgb, landmarks[_SKIN], corner, eye_px)
        lit = skin[np.argsort(skin.sum(axis=1))[len(skin) // 2 :]].mean(axis=0)
        bright = float(lit.max())
        # Teeth take some of the light's tint, and are never brighter than lit skin.
        tint = np.array([1.0, 0.955, 0.87]) * (0.75 + 0.25 * lit / lit.mean())
        teeth = 0.90 * bright * tint / tint.max()
        if len(landmarks) > int(_EYE_WHITES.max()):
            spots = landmarks[_EYE_WHITES].mean(axis=1)
            white = _colors(rgb, spots, corner, 0.25 * eye_px).max(axis=0)
            # Eyes lie in the same shade as teeth; where they are screwed up or painted over they tell nothing.
            told = float(np.clip((white.min() - 0.45 * bright) / (0.25 * bright), 0.0, 1.0))
            yellowed = white * np.array([1.0, 0.965, 0.90])
            teeth = teeth + 0.5 * told * (np.minimum(yellowed, bright) - teeth)
        black = float(
            np.percentile(rgb[:: max(1, rgb.shape[0] // 64), :: max(1, rgb.shape[1] // 64)], 1)
        )
        return cls(
            cavity=np.maximum(lip * np.array([0.20, 0.085, 0.08]), 0.7 * black) + 2.0,
            tongue=lip * np.array([0.66, 0.44, 0.44]),
            crease=lip * np.array([0.50, 0.36, 0.36]),
            teeth=np.clip(teeth, 0, 245),
            grain=_grain(rgb, landmarks, corner, eye_px),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Cavity:
    """One mouth opening: its place and shape, in pixels along the mouth's own axes from `origin`.

    `upper` and `lower` are the inner lips as (across, below) pairs from left to right, `rest_upper` and `rest_lower`
    the picture's own.
    """

    origin: Floats
    right: Floats
    down: Floats
    eye_px: float
    half_width: float
    upper: Floats
    lower: Floats
    rest_upper: Floats
    rest_lower: Floats
    #: In eye distances.
    opening: float
    rounding: float
    has_own_teeth: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Per pixel of a box, in eye distances: where it lies, and the lips above and below it."""

    across: Floats
    below: Floats
    roof: Floats
    floor: Floats
    rest_roof: Floats
    rest_floor: Floats
    half: float
    pixel: float


def paint_interior(
    cavity: Cavity,
    palette: Palette,
    corner: tuple[int, int],
    size: tuple[int, int],
    *,
    crop: Pixels,
    crop_corner: tuple[int, int],
) -> Floats:
    """The inside of the mouth over a box (height, width, 3); only what lies between the lips is meant to be seen.

    `crop` is the picture, from `crop_corner`, for its own teeth.
    """
    place = _place(cavity, corner, size)
    gap = np.maximum(place.floor - place.roof, 0.0)
    depth = np.clip((place.below - place.roof) / np.maximum(gap, 2 * place.pixel), 0.0, 1.0)
    image = palette.cavity * (0.6 + 0.7 * depth**2)[..., None]
    image = _tongue(image, palette, place, cavity.opening)
    image = _lower_teeth(image, palette, place, cavity.opening)
    image = image * _light(gap, _LIT_GAP)[..., None] ** _WARM
    light = _light(gap, _TEETH_LIT_GAP)
    veil = (1.0 - _pursed_shade(cavity, place))[..., None] ** _WARM_TEETH
    dark = palette.cavity * 0.55
    if not cavity.has_own_teeth:
        near = (place.below - place.roof) / (0.030 + place.pixel)
        light = (
            light
            * (0.30 + 0.70 * _step(near))
            * (1.0 - 0.65 * _step(np.abs(place.across) / place.half) ** 2)
        )
        image = _upper_teeth(image, palette, place, light)
        return _grained(dark + veil * (image - dark), palette)
    own, shown = _own_teeth(place, cavity, crop, crop_corner)
    # The picture's teeth are as light as its gap made them: only what the gap loses since darkens them.
    rest_gap = np.maximum(place.rest_floor - place.rest_roof, 0.0)
    less = np.minimum(light / np.maximum(_light(rest_gap, _TEETH_LIT_GAP), 0.05), 1.0)
    own = own * (less**0.7)[..., None] ** _WARM_TEETH
    inside = image + shown[..., None] * (own - image)
    return (dark + veil * (inside - dark)).astype(np.float32)


def _pursed_shade(cavity: Cavity, place: _Place) -> Floats:
    """How much light pursed lips, which stand before the teeth, take away, 0..1: a soft vignette."""
    pursed = float(_step(np.array((cavity.rounding - 0.2) / 0.8)))
    left, right = cavity.upper[:, 0].min(), cavity.upper[:, 0].max()
    middle, half = (left + right) / 2, max((right - left) / 2, 1.0)
    aside = np.clip(np.abs(place.across * cavity.eye_px - middle) / half, 0.0, 1.0)
    under_lip = 1.0 - _step((place.below - place.roof) / 0.05)
    return pursed * (_PURSED_SHADE + _CORNER_SHADE * aside**2 + _LIP_SHADE * under_lip)


def _place(cavity: Cavity, corner: tuple[int, int], size: tuple[int, int]) -> _Place:
    width, height = size
    eye_px = cavity.eye_px
    xs = (corner[0] + np.arange(width, dtype=np.float32) - cavity.origin[0])[None]
    ys = (corner[1] + np.arange(height, dtype=np.float32) - cavity.origin[1])[:, None]
    across = (xs * cavity.right[0] + ys * cavity.right[1]) / eye_px
    below = (xs * cavity.down[0] + ys * cavity.down[1]) / eye_px
    lines = (cavity.upper, cavity.lower, cavity.rest_upper, cavity.rest_lower)
    roof, floor, rest_roof, rest_floor = (_along(line / eye_px, across) for line in lines)
    return _Place(
        across=across,
        below=below,
        roof=roof,
        floor=floor,
        rest_roof=rest_roof,
        rest_floor=rest_floor,
        half=float(np.clip(cavity.half_width / eye_px, *_HALF_WIDTH)),
        pixel=1.0 / eye_px,
    )


def _light(gap: Floats, lit: float) -> Floats:
    """How much light falls through a gap, 0..1; all of it through one `lit` high (eye distances)."""
    return _DARKEST + (1.0 - _DARKEST) * _step(gap / lit)


def _own_teeth(
    place: _Place, cavity: Cavity, crop: Pixels, crop_corner: tuple[int, int]
) -> tuple[Floats, Floats]:
    """The picture's own inside under these lips, and where it reaches.

    Teeth belong to the skull: a lip that comes down covers them; one that rises takes them along, since no picture
    tells what is above them. In a mouth wider open than the picture's they are drawn a little longer.
    """
    rest_gap = np.maximum(place.rest_floor - place.rest_roof, 1e-4)
    gap = np.maximum(place.floor - place.roof, 0.0)
    longer = np.clip(gap / rest_gap, 1.0, _LONGER)
    top = np.minimum(place.roof, place.rest_roof)
    # At rest the picture's inside is shown as it is, to its edge; lips that close cover that edge themselves.
    off = np.clip((gap / rest_gap - 1.0) / 0.35, 0.0, 1.0)
    # A corner that has come down has uncovered what the picture's lower lip hid: its lip is no inside.
    off = np.maximum(off, np.clip((place.floor - place.rest_floor) / _LOWERED, 0.0, 1.0))
    inset = off * np.minimum(_INSET, 0.15 * rest_gap)
    source = place.rest_roof + inset + (place.below - top) / longer
    end = place.rest_floor - inset
    maps_x = (place.across * cavity.right[0] + source * cavity.down[0]) * cavity.eye_px
    maps_y = (place.across * cavity.right[1] + source * cavity.down[1]) * cavity.eye_px
    maps_x += cavity.origin[0] - crop_corner[0]
    maps_y += cavity.origin[1] - crop_corner[1]
    own = cv2.remap(
        crop,
        maps_x.astype(np.float32),
        maps_y.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    soft = 0.012 + place.pixel
    shown = np.clip((end - source) / soft + 2.0 * (1.0 - off), 0.0, 1.0)
    left, right = cavity.rest_upper[:, 0].min(), cavity.rest_upper[:, 0].max()
    edge = np.minimum(place.across - left / cavity.eye_px, right / cavity.eye_px - place.across)
    return own, shown * np.clip(edge / 0.03, 0.0, 1.0)


def _tongue(image: Floats, palette: Palette, place: _Place, opening: float) -> Floats:
    seen = 0.95 * float(_step(np.array((opening - 0.05) / 0.09)))
    if seen == 0.0:
        return image
    wide, high = 0.72 * place.half, 0.030 + 0.22 * opening
    reach = np.sqrt(np.clip(1.0 - (place.across / wide) ** 2, 0.0, 1.0))
    top = place.floor - high * reach
    cover = _step((place.below - top) / (0.5 * high)) * _step(reach / 0.5)
    furrow = 1.0 - 0.16 * np.exp(-((place.across / 0.014) ** 2))
    tone = (0.52 + 0.58 * _step((place.below - top) / high)) * furrow
    return image + (seen * cover)[..., None] * (palette.tongue * tone[..., None] - image)


def _lower_teeth(image: Floats, palette: Palette, place: _Place, opening: float) -> Floats:
    seen = 0.6 * float(_step(np.array((opening - 0.11) / 0.08)))
    if seen == 0.0:
        return image
    side = np.abs(place.across) / place.half
    _, within, cleft = _teeth(side, _LOWER_BORDERS, place)
    edge = place.floor - _LOWER_SHOW + 0.014 * side**2 + 0.003 * within**4
    cover = _soft_step((place.below - edge) / (0.005 + place.pixel))
    cover = cover * (1.0 - _step((side - 0.45) / 0.35))
    tone = 0.50 * (1.0 - 0.45 * side**2) * (1.0 - 0.10 * within**2) * (1.0 - 0.25 * cleft)
    return image + (seen * cover)[..., None] * (palette.teeth * tone[..., None] - image)


def _upper_teeth(image: Floats, palette: Palette, place: _Place, light: Floats) -> Floats:
    side = np.abs(place.across) / place.half
    number, within, cleft = _teeth(side, _UPPER_BORDERS, place)
    # The row rises towards the cheeks; each tooth's edge is rounded off, the more the farther out it stands.
    edge = _UPPER_SHOW - _SHORTER[number] - 0.020 * side**2
    edge = edge - (0.004 + 0.003 * number) * within**4
    # A lip that rises shows more of the teeth, not all of it gum.
    cover = _soft_step((edge - place.below) / (0.005 + place.pixel))
    cover = cover * (1.0 - _step((side - 0.72) / 0.34))
    towards_edge = np.clip(1.0 - (edge - place.below) / 0.06, 0.0, 1.0)
    tone = (0.90 + 0.10 * towards_edge) * (1.0 - 0.09 * within**2)
    tone = tone * (1.0 - 0.50 * side**2) * (1.0 - (0.08 + 0.22 * towards_edge**2) * cleft)
    yellow = np.stack([np.ones_like(side), 1.0 - 0.025 * side, 1.0 - 0.07 * side], axis=-1)
    teeth = palette.teeth * tone[..., None] * yellow * light[..., None] ** _WARM_TEETH
    return image + cover[..., None] * (teeth - image)


def _teeth(side: Floats, borders: Floats, place: _Place) -> tuple[Ints, Floats, Floats]:
    """Which tooth, where in it (-1..1), and near 1 in the clefts between two."""
    number = np.clip(np.searchsorted(borders, side, side="right") - 1, 0, len(borders) - 2)
    low, high = borders[number], borders[number + 1]
    within = np.clip((2 * side - low - high) / (high - low), -1.0, 1.0)
    near = np.minimum(side - low, np.abs(high - side)) * place.half
    cleft = np.exp(-((near / (0.0045 + 0.6 * place.pixel)) ** 2))
    return number, within, cleft


def _grained(image: Floats, palette: Palette) -> Floats:
    """The picture's own grain over what was painted; the same pattern in every frame."""
    if palette.grain < 0.3:
        return image.astype(np.float32)
    noise = np.random.default_rng(11).standard_normal(image.shape[:2]) * 0.8 * palette.grain
    return (image + noise[..., None]).astype(np.float32)


def _grain(rgb: Pixels, landmarks: Floats, corner: tuple[int, int], eye_px: float) -> float:
    half = max(3, round(0.09 * eye_px))
    levels = []
    for x, y in landmarks[_SKIN[:4]] - np.array(corner):
        patch = rgb[
            max(0, round(y) - half) : round(y) + half, max(0, round(x) - half) : round(x) + half
        ]
        if min(patch.shape[:2]) < 6:
            continue
        gray = cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_RGB2GRAY)
        # Immerkaer's estimate: a mask that answers to noise and not to edges or gradients.
        kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
        response = cv2.filter2D(gray.astype(np.float32), -1, kernel)[1:-1, 1:-1]
        levels.append(float(np.sqrt(np.pi / 2) / 6 * np.abs(response).mean()))
    return float(np.clip(np.median(levels), 0.0, 6.0)) if levels else 0.0


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


def _colors(rgb: Pixels, where: Floats, corner: tuple[int, int], eye_px: float) -> Floats:
    """Colours around places, each the mean of a square of 0.06 eye distances."""
    half = max(1, round(0.03 * eye_px))
    height, width = rgb.shape[:2]
    out = np.zeros((len(where), 3))
    for row, (x, y) in enumerate(np.round(where - np.array(corner)).astype(int)):
        left, top = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
        patch = rgb[max(0, top - half) : top + half + 1, max(0, left - half) : left + half + 1]
        out[row] = cv2.mean(patch)[:3]
    return out
