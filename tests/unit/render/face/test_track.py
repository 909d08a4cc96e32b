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


def moving(places: list[float | None]) -> FaceTrack:
    """A track whose head is at these places across, in pixels; None where it is not seen."""
    found = "".join("." if x is None else "+" for x in places)
    landmarks = np.stack([a_face(shift=(x or 0.0, 0)) for x in places]).astype(np.float32)
    landmarks[[x is None for x in places]] = np.nan
    return replace(a_track(found), packed=Packed.of(landmarks, (640, 480)))


def test_a_head_that_leaps_was_cut() -> None:
    """Where somebody left out some words the head is elsewhere at once, and is not smoothed on its way there."""
    track = moving([*range(0, 16, 2), None, None, *range(20, 36, 2), *range(60, 76, 2)])
    assert np.flatnonzero(track.breaks).tolist() == [8, 10, 18]
    nose = track.steady.whole()[:, points.NOSE_BASE, 0]
    assert nose[18] - nose[17] == pytest.approx(26, abs=2)


@pytest.mark.parametrize(
    "places",
    [
        [0] * 14 + [6, 22, 38, 46, 48] + [48] * 14,
        [0] * 14 + [16, 45, 62] + [62] * 14,
        [16 * (k // 3) for k in range(33)],
        [0] * 14 + [20] + [0] * 14,
    ],
    ids=["quick", "few pictures a second", "pictures held", "one mistake"],
)
def test_no_movement_is_a_leap(places: list[float | None]) -> None:
    """Quick ones and coarse ones take several frames; what comes back at once was the mesh's mistake."""
    assert not moving(places).breaks.any()


def test_the_error_for_a_small_face_says_its_size() -> None:
    """A face that was seen but is too small is told apart from none."""
    assert no_face(0).fields == {}
    small = no_face(41.3)
    assert isinstance(small, NoFaceError)
    assert small.fields["face_px"] == 41
    assert "41 pixels" in small.message
