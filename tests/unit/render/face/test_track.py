"""What an analysis keeps of a clip."""

from fractions import Fraction

import numpy as np

from lipwire.domain.errors import NoFaceError
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


def test_the_error_for_a_small_face_says_its_size() -> None:
    """A face that was seen but is too small is told apart from none."""
    assert no_face(0).fields == {}
    small = no_face(41.3)
    assert isinstance(small, NoFaceError)
    assert small.fields["face_px"] == 41
    assert "41 pixels" in small.message
