"""A still's mouth comes out as asked."""

import numpy as np
import pytest

from lipwire.render.face import points
from lipwire.render.retarget.geometry import MOVED, STRETCH_SEEN, lip_opening, lip_width
from lipwire.render.retarget.shape import Pose, StillMouth
from tests.support.faces import a_face


@pytest.mark.parametrize("rest", [0.004, 0.11])
@pytest.mark.parametrize("opening", [0.0, 0.03, 0.08, 0.16])
@pytest.mark.parametrize("rounding", [-0.6, 0.0, 1.0])
def test_opening_and_width_come_out_as_asked(rest: float, opening: float, rounding: float) -> None:
    """From closed and from parted lips, within 0.003 eye distances; a stretch by as much further as is not seen of it."""
    mouth = StillMouth(a_face(opening=rest))
    pose = mouth.pose(opening, rounding)
    lips = mouth.lips_at(pose)[None] / mouth.eye_px
    assert lip_opening(lips)[0] == pytest.approx(opening, abs=0.003)
    stretched = mouth.rest_width + (pose.width - mouth.rest_width) / STRETCH_SEEN
    assert lip_width(lips)[0] == pytest.approx(stretched, abs=0.001)


def test_a_shut_smile_leaves_no_sliver() -> None:
    """Every pair of inner points meets."""
    mouth = StillMouth(a_face(opening=0.11))
    lips = mouth.lips_at(mouth.pose(0.0, 0.0)) / mouth.eye_px
    rows = {int(point): row for row, point in enumerate(points.LIPS)}
    upper = lips[[rows[int(p)] for p in points.INNER_UPPER[1:-1]]]
    lower = lips[[rows[int(p)] for p in points.INNER_LOWER]]
    assert np.abs(lower[:, 1] - upper[:, 1]).max() < 0.002


def test_the_picture_itself_is_what_rest_asks_for() -> None:
    """Its own opening and width move no point."""
    face = a_face(opening=0.08)
    mouth = StillMouth(face)
    pose = Pose(mouth.rest_opening, mouth.rest_width)
    lips = mouth.lips_at(pose)
    assert np.allclose(lips, face[points.LIPS, :2], atol=0.05)
    assert np.allclose(mouth.skin_at(pose, lips, jaw=True), face[MOVED, :2], atol=0.1)


def test_pursed_lips_are_narrower_and_fuller() -> None:
    """Rounding takes width and adds thickness."""
    mouth = StillMouth(a_face(opening=0.05))
    rest, pursed = (mouth.lips_at(mouth.pose(0.05, r)) for r in (0.0, 1.0))
    assert np.ptp(pursed[:, 0]) < 0.85 * np.ptp(rest[:, 0])
    assert np.ptp(pursed[:, 1]) > 1.03 * np.ptp(rest[:, 1])


def test_a_smile_lifts_the_corners() -> None:
    """And a frown lowers them."""
    mouth = StillMouth(a_face(opening=0.02))
    heights = [
        mouth.lips_at(mouth.pose(0.02, 0.0, smile=smile))[0, 1] for smile in (-0.7, 0.0, 0.8)
    ]
    assert heights[2] < heights[1] - 1 < heights[0] - 1


def test_the_jaw_goes_along_unless_it_must_not() -> None:
    """The chin sinks by most of the opening with the jaw, and stays without."""
    mouth = StillMouth(a_face(opening=0.0))
    pose = mouth.pose(0.15, 0.0)
    lips = mouth.lips_at(pose)
    chin = int(np.flatnonzero(points.CHIN == MOVED)[0])
    with_jaw, without = (
        (mouth.skin_at(pose, lips, jaw=jaw)[chin] - mouth.face[points.CHIN])[1] / mouth.eye_px
        for jaw in (True, False)
    )
    assert 0.07 < with_jaw < 0.15
    assert abs(without) < 0.03


def test_a_broad_smile_is_let_go_of_while_it_speaks() -> None:
    """Its corners come down and in, not wholly; a mouth that does not smile speaks with its own."""
    for width, bow, is_smile in ((0.50, 0.0, False), (0.70, 0.05, True)):
        face = a_face(opening=0.08)
        mouth = StillMouth(face)
        across = (face[points.LIPS, 0] - 320) / (0.3 * mouth.eye_px)
        face[points.LIPS, 0] = 320 + across * width / 2 * mouth.eye_px
        face[points.LIPS, 1] -= bow * across**2 * mouth.eye_px
        mouth = StillMouth(face)
        lips = mouth.lips_at(mouth.pose(0.08, 0.0)) / mouth.eye_px
        own = face[points.LIPS, :2] / mouth.eye_px
        lower, narrower = lips[0, 1] - own[0, 1], lip_width(own[None])[0] - lip_width(lips[None])[0]
        assert (0.02 < lower < 0.07) == is_smile
        assert (0.04 < narrower < 0.14) == is_smile


def smiling_face(width: float = 0.70, bow: float = 0.05) -> np.ndarray:
    """A face whose mouth is so wide and whose corners are so much higher, in eye distances."""
    face = a_face(opening=0.02)
    mouth = StillMouth(face)
    across = (face[points.LIPS, :2] - mouth.center) @ mouth.right
    u = np.clip(across / mouth.half_px, -1, 1)
    stretch = width / mouth.rest_width - 1
    face[points.LIPS, :2] += (across * stretch)[:, None] * mouth.right
    face[points.LIPS, :2] -= (bow * mouth.eye_px * u * u)[:, None] * mouth.down
    return face


def test_who_is_asked_to_smile_smiles_no_less_than_the_picture() -> None:
    """And who has no voice keeps the picture's smile."""
    face = smiling_face()
    mouth = StillMouth(face)
    assert mouth.pose(0.02, 0.0).width < mouth.rest_width - 0.03
    smiling = mouth.pose(0.02, 0.0, smile=1.0)
    assert (smiling.width >= mouth.rest_width, smiling.eased) == (True, 0.0)
    silent = StillMouth(face, speaks=False).pose(mouth.rest_opening, 0.0)
    assert silent.width == pytest.approx(mouth.rest_width)
    assert silent.eased == 0


def test_a_smile_is_let_go_of_without_a_step() -> None:
    """A mouth whose corners rise and fall by a hair speaks with widths a hair apart."""
    bows = (-0.002, -0.001, 0.0, 0.001, 0.002)
    widths = [StillMouth(smiling_face(bow=bow)).pose(0.02, 0.0).width for bow in bows]
    assert np.abs(np.diff(widths)).max() < 0.006
