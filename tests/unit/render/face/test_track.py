"""What an analysis keeps of a clip."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from lipwire.domain.errors import NoFaceError
from lipwire.render.face import points
from lipwire.render.face.packed import Packed
from lipwire.render.face.track import FaceTrack, no_face
from tests.support.faces import a_face


def a_track(found: str = "++++++", cuts: tuple[int, ...] = ()) -> FaceTrack:
    """A track with a face where `found` says +."""
    landmarks = np.stack([a_face(shift=(k, 0)) for k in range(len(found))]).astype(np.float32)
    landmarks[[mark != "+" for mark in found]] = np.nan
    marks = np.zeros(len(found), dtype=bool)
    marks[list(cuts)] = True
    return FaceTrack(
        width=640,
        height=480,
        starts=tuple(Fraction(k * 1001, 30000) for k in range(len(found))),
        durations=(Fraction(1001, 30000),) * len(found),
        packed=Packed.of(landmarks, (640, 480)),
        sharpness=np.ones(len(found)),
        cuts=marks,
    )


def test_a_gap_holds_the_nearest_face() -> None:
    """Frames without a face borrow their neighbour's landmarks, finite everywhere."""
    track = a_track("++...+")
    assert np.isfinite(track.steady.whole()).all()
    assert track.breaks.tolist() == [False, False, True, False, False, True]


def test_a_head_that_leaps_was_cut() -> None:
    """Where somebody left out some words the head is elsewhere at once; a quick turn takes several frames."""
    still, turn, leap = [0] * 10, [10, 20, 32, 44, 54, 60], [60] * 8 + [85] * 10

    def moving(places: list[int]) -> FaceTrack:
        landmarks = np.stack([a_face(shift=(x, 0)) for x in places]).astype(np.float32)
        return replace(a_track("+" * len(places)), packed=Packed.of(landmarks, (640, 480)))

    assert not moving(still + turn + [60] * 8).breaks.any()
    track = moving(still + turn + leap)
    assert np.flatnonzero(track.breaks).tolist() == [24]
    nose = track.steady.whole()[:, points.NOSE_BASE, 0]
    assert nose[24] - nose[23] == pytest.approx(25, abs=0.1)


def test_the_error_for_a_small_face_says_its_size() -> None:
    """A face that was seen but is too small is told apart from none."""
    assert no_face(0).fields == {}
    small = no_face(41.3)
    assert isinstance(small, NoFaceError)
    assert small.fields["face_px"] == 41
    assert "41 pixels" in small.message
