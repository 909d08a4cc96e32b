"""Options of who speaks, in what order, over which sound."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwire.domain.errors import FaceNotFoundError
from lipwire.render.face import measures
from lipwire.render.face.finder import FaceFinder
from lipwire.render.face.picture import read_picture
from tests.support.renders import TONE_HZ, Footage, Made, heard, level, render
from tests.support.scenes import background, head, other_head, place

LEFT, RIGHT = 0, 1
#: Opening of the lips, greatest less least, in eye distances.
SPEAKS, RESTS = 0.05, 0.03


@pytest.fixture(scope="module")
def couple(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of two: the astronaut on the right, somebody else on the left."""
    face = head(astronaut)
    scene = place(background(640, 320), other_head(face), 70, 30)
    path = tmp_path_factory.mktemp("couple") / "couple.png"
    cv2.imwrite(str(path), place(scene, face, 370, 30)[..., ::-1])
    return path


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the couple's analysis is kept."""
    return tmp_path_factory.mktemp("couple_analysis") / "analysis.npz"


def openings(frames: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """How far the left and the right mouth is open, frame by frame."""
    sides = []
    middle = frames[0].shape[1] // 2
    for half in (slice(0, middle), slice(middle, None)):
        with FaceFinder() as finder:
            found = [finder.find(np.ascontiguousarray(frame[:, half])) for frame in frames]
        marks = [face for face in found if face is not None]
        assert len(marks) == len(frames)
        sides.append(measures.opening(np.stack(marks)))
    return sides[0], sides[1]


def likeness(sound: np.ndarray, voice: np.ndarray, at_s: float) -> float:
    """Correlation of what is heard from a moment on with a voice, best within the encoder's delay."""
    begin = int(at_s * 16_000)
    length = int(0.4 * 16_000)
    part = sound[begin : begin + length]
    best = 0.0
    for shift in range(-800, 801, 4):
        start = max(0, 800 + shift)
        other = voice[start : start + length]
        here = part[800 : 800 + length - 1600]
        there = other[: len(here)]
        if len(there) == len(here):
            best = max(best, float(np.corrcoef(here, there)[0, 1]))
    return best


@pytest.mark.parametrize(
    ("face", "speaker"),
    [
        ({"number": 0}, LEFT),
        ({"number": 1}, RIGHT),
        ({"point": {"x": 0.25, "y": 0.45}}, LEFT),
        ({"box": {"x": 0.55, "y": 0.1, "width": 0.4, "height": 0.85}}, RIGHT),
    ],
)
def test_the_chosen_face_speaks(
    face: dict[str, object],
    speaker: int,
    couple: Path,
    analysis: Path,
    footage: Footage,
    tmp_path: Path,
) -> None:
    """By number from the left, by a point in it, or by a box around it; the other one rests."""
    made = render(couple, [footage.brief], tmp_path, analysis=analysis, is_image=True, face=face)
    spread = [float(np.ptp(side)) for side in openings(made.frames)]
    assert spread[speaker] > SPEAKS
    assert spread[1 - speaker] < RESTS


@pytest.mark.parametrize("face", [{"number": 2}, {"point": {"x": 0.5, "y": 0.02}}])
def test_a_face_that_is_not_there_is_refused(
    face: dict[str, object], couple: Path, analysis: Path, footage: Footage, tmp_path: Path
) -> None:
    """The refusal says how many there are."""
    with pytest.raises(FaceNotFoundError) as caught:
        render(couple, [footage.brief], tmp_path, analysis=analysis, is_image=True, face=face)
    assert caught.value.code == "face_not_found"


@pytest.mark.parametrize("order", ["together", "left_first", "right_first"])
def test_two_voices_speak_in_order(
    order: str, couple: Path, analysis: Path, footage: Footage, tmp_path: Path
) -> None:
    """Each face opens its mouth while its voice is heard: 0.6 s on the left, 0.5 s on the right."""
    other = tmp_path / "other.wav"
    other.write_bytes(footage.brief.read_bytes())
    made = render(
        couple,
        [footage.brief, other],
        tmp_path,
        analysis=analysis,
        is_image=True,
        second_speech_id=f"ast_{9:026d}",
        speaking_order=order,
    )
    left, right = openings(made.frames)
    if order == "together":
        assert len(left) == 15
        assert min(np.ptp(left), np.ptp(right)) > SPEAKS
        return
    assert len(left) == 30
    first, second = (left, right) if order == "left_first" else (right, left)
    assert np.ptp(first[:15]) > SPEAKS
    assert np.ptp(first[19:]) < RESTS
    assert np.ptp(second[:11]) < RESTS
    assert np.ptp(second[15:]) > SPEAKS
    voice = heard(footage.brief)
    for at_s in (0.0, 0.6):
        assert likeness(made.sound(), voice, at_s) > 0.8


def test_two_voices_need_two_faces(footage: Footage, tmp_path: Path) -> None:
    """One face is refused."""
    with pytest.raises(FaceNotFoundError):
        footage.speak(tmp_path, footage.brief, footage.brief, second_speech_id=f"ast_{9:026d}")


def test_people_of_a_shared_picture_speak(media, footage: Footage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Two in one photograph, one after the other."""
    picture = media("portrait/two_people_aigc.jpg")
    assert read_picture(picture).shape[1] > 1000
    made = render(
        picture,
        [footage.brief, footage.brief],
        tmp_path,
        analysis=tmp_path / "analysis.npz",
        is_image=True,
        second_speech_id=f"ast_{9:026d}",
        speaking_order="right_first",
    )
    left, right = openings(made.frames)
    assert np.ptp(right[:15]) > SPEAKS > np.ptp(left[:11])
    assert np.ptp(left[15:]) > SPEAKS


def tone_of(made: Made) -> float:
    """How strong the clip's own tone is in the output."""
    return level(made.sound()[1600:17_600], TONE_HZ)


def test_the_sources_sound_is_mixed_below_the_voice(footage: Footage, tmp_path: Path) -> None:
    """As loud as asked, never with `replace`; the voice is heard in both."""
    own = level(heard(footage.clip)[1600:17_600], TONE_HZ)
    replaced = footage.dub(tmp_path)
    without = tone_of(replaced)
    voice = replaced.sound()
    found = {}
    for volume in (0.1, 0.4):
        made = footage.dub(tmp_path, original_sound="mix", original_volume=volume)
        found[volume] = tone_of(made)
        count = min(len(voice), len(made.sound()))
        assert np.corrcoef(voice[:count], made.sound()[:count])[0, 1] > 0.5
    assert without < 0.05 * own
    assert found[0.1] == pytest.approx(0.1 * own, abs=0.04 * own)
    assert found[0.4] == pytest.approx(0.4 * own, abs=0.08 * own)
