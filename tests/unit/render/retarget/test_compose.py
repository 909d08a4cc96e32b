"""A canvas bent around its new mouth: what follows the jaw, and what stays."""

import numpy as np

from lipwire.render.face import points
from lipwire.render.retarget.compose import Edit, bend_skin, edit_box
from lipwire.render.retarget.geometry import MOVED, drop_profile
from tests.support.faces import a_face

EYE_PX = 60.0


def sinking(by_px: float) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """How far down each pixel's content came, in pixels, where an average jaw sinks; and the box it lies in."""
    face = a_face(eye_px=EYE_PX)
    down = np.array([0.0, 1.0])
    drop = drop_profile(face[:, :2], EYE_PX, right=np.array([1.0, 0.0]), down=down)
    edit = Edit(
        landmarks=face,
        lips_to=face[points.LIPS, :2],
        skin_from=face[MOVED, :2],
        skin_to=face[MOVED, :2] + by_px / 0.7 * drop[:, None] * down,
        eye_px=EYE_PX,
    )
    box = edit_box(edit, (640, 480))
    rows = np.arange(box[3] - box[1], dtype=np.uint8)
    crop = np.repeat(np.repeat(rows[:, None, None], box[2] - box[0], axis=1), 3, axis=2)
    bent, _ = bend_skin(crop, box, edit)
    return rows[:, None] - bent[..., 0], box


def test_clothes_stay_where_they_are_when_the_jaw_sinks() -> None:
    """The chin sinks; a third of an eye distance below it nothing does, and nothing rises, but for a pixel in rounding."""
    came, box = sinking(9.0)
    chin = a_face(eye_px=EYE_PX)[points.CHIN, :2] - box[:2]
    x, y = (round(place) for place in chin)
    assert came[y + 9, x] > 6
    below = came[y + round(0.36 * EYE_PX) : -8, x - 35 : x + 35]
    assert below.shape[0] > 10
    assert np.abs(below).max() < 1.5
