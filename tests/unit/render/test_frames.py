"""Where drawings show, and how they fade."""

import numpy as np

from lipwire.render.frames import QUALITY_BAR, doubtful_spans, faded, forbids_mouth
from tests.support.faces import a_face


def test_an_edit_fades_where_the_source_is_to_stay() -> None:
    """Towards frames that keep their pixels the edit dies away instead of popping."""
    shown = np.array([True] * 6 + [False] * 2 + [True] * 6)
    level = faded(shown, np.zeros(14, dtype=bool))
    assert level[6] == level[7] == 0
    assert level[0] == level[13] == 1
    assert 0 < level[5] < level[4] < level[3] <= 1


def test_a_cut_needs_no_fade() -> None:
    """Across a scene cut nothing is seen to pop."""
    shown = np.array([False] * 4 + [True] * 4)
    cuts = np.zeros(8, dtype=bool)
    cuts[4] = True
    assert faded(shown, cuts).tolist() == [0] * 4 + [1] * 4


def test_doubtful_frames_are_kept_in_steady_spans() -> None:
    """One or two bad frames are drawn all the same, and a span does not end on a frame just above the bar."""
    low, bar, good = 0.5 * QUALITY_BAR, 1.1 * QUALITY_BAR, 2.0 * QUALITY_BAR
    quality = np.array([good, low, good, low, low, good, low, bar, low, bar, good, good])
    assert np.flatnonzero(doubtful_spans(quality)).tolist() == [6, 7, 8, 9]
    assert doubtful_spans(np.full(4, low)).all()


def test_a_mask_that_is_black_over_the_mouth_is_noticed() -> None:
    """White anywhere on the lips of one frame is enough; frames without a face don't count."""
    faces = np.stack([a_face(), np.full((478, 3), np.nan), a_face(shift=(150.0, 0.0))])
    mask = np.zeros((480, 640), dtype=np.uint8)
    mask[:200] = 255
    assert forbids_mouth(mask, faces)
    mask[:, 480:] = 255
    assert not forbids_mouth(mask, faces)
    assert not forbids_mouth(np.zeros_like(mask), faces[1:2])
