"""What an analysis keeps of a clip."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwire.domain.errors import CorruptMediaError, NoFaceError
from lipwire.render.face.track import FaceTrack, no_face, track_face
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
        landmarks=landmarks,
        sharpness=np.ones(len(found)),
        cuts=marks,
    )


def test_a_saved_track_reads_back(tmp_path: Path) -> None:
    """Exact times, landmarks to a hundredth of a pixel, gaps and cuts survive."""
    track = a_track("++.+++", cuts=(3,))
    track.save(tmp_path / "t.npz")
    again = FaceTrack.load(tmp_path / "t.npz")
    assert again.starts == track.starts
    assert again.durations == track.durations
    assert again.found.tolist() == track.found.tolist()
    assert again.cuts.tolist() == track.cuts.tolist()
    there = track.found
    assert np.abs(again.landmarks[there, :, :2] - track.landmarks[there, :, :2]).max() < 0.01
    assert (again.width, again.height) == (640, 480)


def test_another_layout_is_refused(tmp_path: Path) -> None:
    """An analysis of an unknown layout is not half understood."""
    with (tmp_path / "t.npz").open("wb") as file:
        np.savez(file, layout=99)
    with pytest.raises(ValueError, match="layout 99"):
        FaceTrack.load(tmp_path / "t.npz")


def test_a_gap_holds_the_nearest_face() -> None:
    """Frames without a face borrow their neighbour's landmarks, finite everywhere."""
    track = a_track("++...+")
    assert np.isfinite(track.steady.whole()).all()
    assert track.breaks.tolist() == [False, False, True, False, False, True]


def test_no_frames_is_a_corrupt_file() -> None:
    """A stream that decodes to nothing is an error of the file."""
    with pytest.raises(CorruptMediaError):
        track_face([])


def test_the_error_for_a_small_face_says_its_size() -> None:
    """A face that was seen but is too small is told apart from none."""
    assert no_face(0).fields == {}
    small = no_face(41.3)
    assert isinstance(small, NoFaceError)
    assert small.fields["face_px"] == 41
    assert "41 pixels" in small.message
