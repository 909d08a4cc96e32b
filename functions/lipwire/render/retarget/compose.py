"""One edited frame: the canvas bent around its new mouth, the new lips laid on top."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.retarget.geometry import MOVED
from lipwire.render.retarget.lips import TIES, Lent, lay_lips
from lipwire.render.retarget.spline import Spline, look_up

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}
_OUTER_ROWS = np.array([_ROWS[int(point)] for point in points.OUTER_LIPS])
#: Below the chin neck and clothes stay: points this far, in eye distances, under the jaw's lowest third. One row alone
#: would be a hinge, and what lies below it would rise as the jaw sinks.
_NECK = np.array([136, 149, 176, 148, 152, 377, 400, 378, 365])
_NECK_BELOW = (0.32, 0.40, 0.52)
#: Solve the spline every so many eye distances.
_STEP = 0.09
#: Displacements under this many pixels show nothing and leave the frame's own samples alone.
_STILL_PX = (0.04, 0.35)
_BORDER_POINTS = 7
#: In a turned head cheek, jaw and ear lie on top of each other: points that disagree must give way, or the skin folds.
_EASE = 0.004
_EASE_LIPS = 0.0003


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """What becomes of one canvas frame; coordinates in its pixels."""

    landmarks: Floats
    lips_to: Floats
    skin_from: Floats
    skin_to: Floats
    eye_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels to lay over a frame from (x, y)."""

    x: int
    y: int
    rgb: Floats
    alpha: Floats


def edit_box(edit: Edit, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of the frame an edit may touch: from the eyes to below the chin."""
    face = edit.landmarks[:, :2]
    around = np.concatenate([face[points.OVAL], edit.skin_to])
    margin = 0.25 * edit.eye_px
    low = np.array([around[:, 0].min() - margin, face[168, 1] - margin])
    high = np.array([around[:, 0].max() + margin, around[:, 1].max() + 0.55 * edit.eye_px])
    # A tilted head's eyes are not level: start above the higher one.
    low[1] = min(low[1], face[points.NAILS, 1].min() - 0.05 * edit.eye_px)
    x0, y0 = np.floor(np.clip(low, 0, [size[0] - 2, size[1] - 2])).astype(int)
    x1, y1 = np.ceil(np.clip(high, [x0 + 2, y0 + 2], size)).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def bend_skin(
    crop: Pixels, box: tuple[int, int, int, int], edit: Edit, *, sampling: int = cv2.INTER_CUBIC
) -> tuple[Floats, Floats]:
    """The crop with its lower face moved, re-sampled as OpenCV's `sampling`, and how far each pixel's content came."""
    x0, y0, x1, y1 = box
    face = edit.landmarks[:, :2]
    outer_from = face[points.OUTER_LIPS]
    down = face[points.CHIN] - face[points.FOREHEAD]
    down = down / max(float(np.linalg.norm(down)), 1e-6)
    neck = np.concatenate([face[_NECK] + below * edit.eye_px * down for below in _NECK_BELOW])
    border = _border(box)
    still = np.concatenate([face[points.NAILS], neck, border])
    to = np.concatenate([edit.lips_to[_OUTER_ROWS], edit.skin_to, still])
    moved = np.concatenate(
        [
            outer_from - edit.lips_to[_OUTER_ROWS],
            edit.skin_from - edit.skin_to,
            np.zeros_like(still),
        ]
    )
    size = (x1 - x0, y1 - y0)
    ease = np.full(len(to), _EASE)
    ease[: len(_OUTER_ROWS)] = _EASE_LIPS
    ease[-len(border) :] = 0.0
    nodes = Spline.through(to, moved, ease=ease).nodes(
        (x0, y0), size, step=max(2.0, _STEP * edit.eye_px)
    )
    bent: Floats = crop.astype(np.float32)
    distance = np.zeros(crop.shape[:2], dtype=np.float32)
    part = nodes.moving(_STILL_PX[0])
    if part is not None:
        field = nodes.over(part)
        where = np.s_[part[1] : part[3], part[0] : part[2]]
        maps = look_up(field, part[:2], image_corner=(0, 0))
        bent[where] = cv2.remap(crop, maps, None, sampling, borderMode=cv2.BORDER_REPLICATE)
        distance[where] = cv2.magnitude(*cv2.split(field))
    return bent, distance


def compose(
    crop: Pixels,
    box: tuple[int, int, int, int],
    edit: Edit,
    *,
    sources: Sequence[Lent],
    sampling: int = cv2.INTER_CUBIC,
) -> Patch:
    """The patch that turns the frame's own mouth into the wanted one."""
    bent, distance = bend_skin(crop, box, edit, sampling=sampling)
    alpha = visible(distance)
    face = edit.landmarks[:, :2]
    where_to = face.copy()
    where_to[MOVED] = edit.skin_to
    laid = lay_lips(
        bent,
        box[:2],
        lips=edit.lips_to,
        ties=where_to[TIES],
        face=where_to[points.OVAL],
        sources=sources,
        eye_px=edit.eye_px,
        sampling=sampling,
    )
    if laid is not None:
        mask, where = laid
        alpha[where] = np.maximum(alpha[where], np.minimum(1.0, mask * 4.0))
    return Patch(box[0], box[1], np.clip(bent, 0, 255), alpha)


def visible(distance: Floats) -> Floats:
    """How much of the moved pixels to show: nothing where they did not move, nor along the box's border."""
    low, high = _STILL_PX
    alpha: Floats = np.clip((distance - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return alpha * _inside(alpha.shape)


def _border(box: tuple[int, int, int, int]) -> Floats:
    x0, y0, x1, y1 = box
    across, along = _spaced(x0, x1), _spaced(y0, y1)[1:-1]
    n, m = len(across), len(along)
    border = np.empty((2 * n + 2 * m, 2))
    border[:n, 0] = border[n : 2 * n, 0] = across
    border[:n, 1], border[n : 2 * n, 1] = y0, y1
    border[2 * n : 2 * n + m, 0], border[2 * n + m :, 0] = x0, x1
    border[2 * n : 2 * n + m, 1] = border[2 * n + m :, 1] = along
    return border


def _spaced(first: int, last: int) -> Floats:
    spaced: Floats = np.arange(float(_BORDER_POINTS)) * ((last - first) / (_BORDER_POINTS - 1))
    spaced += first
    spaced[-1] = last
    return spaced


def _inside(shape: tuple[int, ...]) -> Floats:
    """1 inside, falling to 0 over the last pixels before the box's border."""
    edge = 4.0
    rows = np.minimum(np.arange(shape[0]), np.arange(shape[0])[::-1]) / edge
    columns = np.minimum(np.arange(shape[1]), np.arange(shape[1])[::-1]) / edge
    ramp: Floats = np.clip(np.minimum(rows[:, None], columns[None]), 0.0, 1.0).astype(np.float32)
    return ramp
