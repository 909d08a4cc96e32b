"""What one mouth shows at its lip line: how clearly the lips end there, and their colour against the skin's."""

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels

#: Numbers that describe one mouth, in this order: contrast at the lower and at the upper lip line in Lab levels; red,
#: green and blue of the lips less those of the skin around them.
LINE_NUMBERS = 5
_LOWER, _UPPER, _TONE = 0, 1, slice(2, 5)
#: Mouths are looked at in this many pixels for an eye distance: grain is gone, a lip's edge is not.
_EYE_PX = 80.0
#: In eye distances: what is finer than this is not looked at.
_GRAIN = 0.013
#: In eye distances: how far to either side of the line its edge is looked for, and over what way it must turn.
_REACH, _EDGE = 0.05, 0.025
#: Skin begins and ends this far from the lips.
_SKIN = (0.05, 0.13)
#: A mouth that is closed shows one line only, and no edge of teeth or darkness to be unclear.
_OPEN = 0.03

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}
_OUTER = np.array([_ROWS[int(point)] for point in points.OUTER_LIPS])
_INNER = np.array([_ROWS[int(point)] for point in points.INNER_LIPS])
_INNER_LOWER = np.array([_ROWS[int(point)] for point in points.INNER_LOWER[2:-2]])
_INNER_UPPER = np.array([_ROWS[int(point)] for point in points.INNER_UPPER[3:-3]])


def lip_line(rgb: Pixels, lips: Floats, *, eye_px: float) -> Floats:
    """The `LINE_NUMBERS` of a mouth crop whose lips (40, 2) lie at these pixels of it."""
    reach = (_SKIN[1] + 0.02) * eye_px
    most = (rgb.shape[1], rgb.shape[0])
    low = np.clip(np.floor(lips.min(axis=0) - reach), 0, np.array(most) - 8).astype(int)
    high = np.clip(np.ceil(lips.max(axis=0) + reach), low + 8, most).astype(int)
    rgb, lips = rgb[low[1] : high[1], low[0] : high[0]], lips - low
    scale = _EYE_PX / eye_px
    size = (max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=way)
    lips = lips * (np.array(size) / (rgb.shape[1], rgb.shape[0]))
    out = np.zeros(LINE_NUMBERS, dtype=np.float32)
    # Blocks and ringing of a codec are no edges.
    smooth = cv2.GaussianBlur(small, (0, 0), _GRAIN * _EYE_PX)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    across = lips[_ROWS[points.MOUTH_RIGHT]] - lips[_ROWS[points.MOUTH_LEFT]]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    down = np.array([-across[1], across[0]])
    for number, rows in ((_LOWER, _INNER_LOWER), (_UPPER, _INNER_UPPER)):
        out[number] = _contrast(lab, lips[rows], down)
    out[_TONE] = _tone(small, lips)
    return out


def clarity(lines: Floats, opening: Floats) -> Floats:
    """How clearly each of `lines` (n, 5) shows where lips end, 0..1: fast lips are blurred into the teeth behind them.

    Contrasts count against the usual ones of the mouths that are open; `opening` (n,) is in eye distances.
    """
    is_open = opening > _OPEN
    if is_open.sum() < 2:
        return np.ones(len(lines))
    edges = lines[:, [_LOWER, _UPPER]]
    usual = np.maximum(np.median(edges[is_open], axis=0), 1e-3)
    clear: Floats = np.minimum((edges / usual).min(axis=1), 1.0)
    return np.where(is_open, clear, 1.0)


def tones(lines: Floats) -> Floats:
    """The lips' colour less the skin's of each of `lines`: (n, 3), RGB levels."""
    tone: Floats = lines[:, _TONE].astype(np.float64)
    return tone


def _contrast(lab: Floats, line: Floats, down: Floats) -> float:
    """The steepest turn of colour across a line of places (k, 2); the median along it."""
    steps = np.arange(-_REACH, _REACH + 1e-6, _EDGE / 4) * _EYE_PX
    where = (line[:, None] + steps[None, :, None] * down).astype(np.float32)
    colors = cv2.remap(
        lab, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    turns = np.linalg.norm(colors[:, 4:] - colors[:, :-4], axis=-1).max(axis=1)
    return float(np.median(turns))


def _tone(rgb: Pixels, lips: Floats) -> Floats:
    outer, inner = (np.round(lips[rows] * 16).astype(np.int32) for rows in (_OUTER, _INNER))
    # 1 where there are lips, 2 where there is skin.
    areas = np.zeros(rgb.shape[:2], dtype=np.uint8)
    for reach, area in zip(reversed(_SKIN), (2, 0), strict=True):
        cv2.polylines(areas, [outer], True, area, round(2 * reach * _EYE_PX), shift=4)
    cv2.fillPoly(areas, [outer], 1, shift=4)
    cv2.fillPoly(areas, [inner], 0, shift=4)
    # The lip line itself is shadow.
    cv2.polylines(areas, [inner], True, 0, 3, shift=4)
    lip, skin = (cv2.mean(rgb, mask=cv2.inRange(areas, area, area))[:3] for area in (1, 2))
    return np.array(lip) - np.array(skin)
