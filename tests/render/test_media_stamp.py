"""Outputs of test keys: nobody takes them for the real thing, and a mouth can still be judged."""

import av
import numpy as np
import pytest

from lipwire.render.media.frame import LAYOUTS, plane_array
from lipwire.render.media.stamp import Stamp


def flat(fmt: str, luma: int) -> av.VideoFrame:
    """A picture of one grey, 322 x 182."""
    frame = av.VideoFrame(322, 182, fmt)
    deeper = LAYOUTS[fmt][2] - 8
    for index, value in enumerate((luma, 128, 128)):
        plane_array(frame, index)[:] = value << deeper
    return frame


@pytest.mark.parametrize("fmt", ["yuv420p", "yuv422p10le", "yuv444p12le"])
@pytest.mark.parametrize("luma", [16, 120, 235])
def test_every_corner_of_a_picture_is_marked_and_most_of_it_is_not(fmt: str, luma: int) -> None:
    """On black, grey and white alike; never beyond the picture's range, and without a colour."""
    picture, deeper = flat(fmt, luma), LAYOUTS[fmt][2] - 8
    marked = Stamp(322, 182, fmt, is_full_range=False).on(picture)
    before, after = (plane_array(one, 0).astype(int) for one in (picture, marked))
    changed = np.abs(after - before) >= 12 << deeper
    for rows in (slice(0, 91), slice(91, 182)):
        for columns in (slice(0, 161), slice(161, 322)):
            assert 0.01 < changed[rows, columns].mean() < 0.3
    assert 16 << deeper <= after.min()
    assert after.max() <= 235 << deeper
    assert np.all(before == luma << deeper)
    for index in (1, 2):
        assert np.all(plane_array(marked, index) == 128 << deeper)


def test_a_colour_below_the_mark_pales() -> None:
    """As a pane of milky glass before it would have it."""
    picture = flat("yuv420p", 120)
    plane_array(picture, 1)[:] = 200
    marked = Stamp(322, 182, "yuv420p", is_full_range=True).on(picture)
    blue = plane_array(marked, 1)
    assert blue.max() == 200
    assert 150 < blue.min() < 190
