"""What a mouth crop says of its lips."""

import cv2
import numpy as np
import pytest

from lipwire.render.face import points
from lipwire.render.face.lipline import clarity, lip_line, tones
from tests.support.faces import a_face

SKIN, LIP, TEETH = (200, 160, 140), (180, 90, 90), (225, 215, 200)
EYE_PX = 100.0


def a_mouth(opening: float, *, blur: float = 0.0, lip: tuple[int, int, int] = LIP) -> np.ndarray:
    """The `lip_line` of a painted mouth, its lip line smeared over `blur` pixels."""
    face = a_face(opening=opening)
    rgb = np.full((480, 640, 3), SKIN, dtype=np.uint8)
    outer, inner = (face[line, :2].round().astype(np.int32) for line in OUTLINES)
    cv2.fillPoly(rgb, [outer], lip)
    cv2.fillPoly(rgb, [inner], TEETH)
    if blur:
        rgb = cv2.GaussianBlur(rgb, (0, 0), blur)
    crop = rgb[200:400, 220:420]
    return lip_line(crop, face[points.LIPS, :2] - [220, 200], eye_px=EYE_PX)


OUTLINES = (points.OUTER_LIPS, points.INNER_LIPS)


def test_smeared_lips_are_unclear() -> None:
    """Among clear mouths a smeared one stands out; closed ones have no such edge and count as clear."""
    lines = np.stack([a_mouth(0.12)] * 4 + [a_mouth(0.12, blur=6.0), a_mouth(0.0, blur=6.0)])
    clear = clarity(lines, np.array([0.12] * 5 + [0.0]))
    assert clear[:4] == pytest.approx(1.0, abs=1e-6)
    assert clear[4] < 0.75
    assert clear[5] == 1.0


def test_a_clip_without_open_mouths_has_no_unclear_ones() -> None:
    """There is nothing to compare with."""
    assert (clarity(np.stack([a_mouth(0.0)] * 3), np.zeros(3)) == 1.0).all()


def test_the_tone_is_the_lips_against_the_skin() -> None:
    """In levels of red, green and blue, whatever lies between the lips."""
    for opening in (0.0, 0.12):
        off = tones(a_mouth(opening)[None])[0] - (np.array(LIP) - SKIN)
        assert np.abs(off).max() < 6
    pale = tones(a_mouth(0.1, lip=(190, 120, 115))[None])[0]
    assert pale[1] > tones(a_mouth(0.1)[None])[0][1] + 20


def test_a_mouth_at_the_border_of_a_picture_is_looked_at_too() -> None:
    """Lips beyond the crop are no error."""
    face = a_face(opening=0.1)
    rgb = np.full((60, 70, 3), SKIN, dtype=np.uint8)
    line = lip_line(rgb, face[points.LIPS, :2] - [330, 290], eye_px=EYE_PX)
    assert np.isfinite(line).all()
