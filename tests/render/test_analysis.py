"""Who is in a clip, looked for in scenes made from one photograph."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lipwire.domain.errors import FaceNotFoundError, NoFaceError
from lipwire.domain.options import Box, FaceChoice, PixelBox, Point
from lipwire.render.face import measures
from lipwire.render.face.analysis import Analysis, analyze_clip, analyze_picture
from lipwire.render.face.picture import read_picture
from lipwire.render.media.source import VideoSource
from tests.support.scenes import background, head, other_head, place, speaking, write_scene

Find = Callable[[str], Path]


def analysed(path: Path) -> Analysis:
    """The analysis of a clip."""
    with VideoSource(path) as source:
        return analyze_clip(source.frames())


@pytest.fixture(scope="module")
def couple(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Two people side by side, both moving; the one on the right speaks."""
    face = head(astronaut)
    scene = background(640, 320)
    pictures = []
    for k in range(50):
        shown = place(scene, other_head(face), 60 + k, 30)
        talking = speaking(face, 7 + 7 * np.sin(k / 2))
        pictures.append(place(shown, talking, 370 + 10 * np.sin(k / 9), 40))
    path = tmp_path_factory.mktemp("couple") / "couple.mp4"
    return analysed(write_scene(path, pictures))


def test_two_people_are_followed_and_counted_from_the_left(couple: Analysis) -> None:
    """Both are found in every frame, each keeps its place, and nothing is before their mouths."""
    assert len(couple.people) == 2
    for person in couple.people:
        assert person.found.all()
        assert not person.hidden.any()
    left, right = (person.landmarks[..., 0].mean(axis=1) for person in couple.people)
    assert (left < right - 150).all()
    assert left[-1] - left[0] == pytest.approx(49, abs=6)


def test_a_face_is_chosen_by_number_point_box_or_speech(couple: Analysis) -> None:
    """Every way of choosing names the right person."""
    assert couple.choose(None) == 1
    assert [couple.choose(FaceChoice(number=k)) for k in (0, 1)] == [0, 1]
    assert couple.choose(FaceChoice(point=Point(x=0.25, y=0.45))) == 0
    assert couple.choose(FaceChoice(point=Point(x=0.75, y=0.45), at_ms=1000)) == 1
    assert couple.choose(FaceChoice(box=Box(x=0.1, y=0.1, width=0.3, height=0.8))) == 0
    width, height = couple.size
    for person, x in ((0, width // 4), (1, 3 * width // 4)):
        y = round(height * 0.45)
        place = PixelBox(left=x, top=y, right=x, bottom=y, frame=len(couple) - 1)
        assert couple.choose(FaceChoice(pixels=place)) == person


@pytest.mark.parametrize(
    "choice",
    [
        FaceChoice(number=2),
        FaceChoice(point=Point(x=0.02, y=0.02)),
        FaceChoice(box=Box(x=0.95, y=0.9, width=0.05, height=0.1)),
        FaceChoice(pixels=PixelBox(left=0, top=0, right=5, bottom=5)),
        FaceChoice(pixels=PixelBox(left=0, top=0, right=999, bottom=999, frame=10_000)),
    ],
)
def test_a_choice_of_nobody_says_how_many_there_are(couple: Analysis, choice: FaceChoice) -> None:
    """The error has a stable code and the number of faces."""
    with pytest.raises(FaceNotFoundError, match="2 faces") as raised:
        couple.choose(choice)
    assert raised.value.code == "face_not_found"
    assert raised.value.fields["faces"] == 2


def test_what_is_stored_reads_back_the_same(couple: Analysis, tmp_path: Path) -> None:
    """Landmarks bit by bit, exact times, and the very mouths that were cut."""
    path = tmp_path / "analysis.npz"
    couple.save(path)
    again = Analysis.load(path)
    assert again.starts == couple.starts
    assert again.durations == couple.durations
    for k, (before, after) in enumerate(zip(couple.people, again.people, strict=True)):
        assert np.array_equal(before.landmarks, after.landmarks, equal_nan=True)
        assert np.array_equal(before.steady.whole(), after.steady.whole())
        assert np.array_equal(before.sharpness, after.sharpness)
        mouths, stored = couple.mouths(k), again.mouths(k)
        assert list(mouths) == list(stored)
        assert len(mouths) > 40
        for frame in list(mouths)[::10]:
            assert np.array_equal(mouths[frame].rgb, stored[frame].rgb)
            assert np.array_equal(mouths[frame].lips, stored[frame].lips)
            assert mouths[frame].corner == stored[frame].corner
    # Landmarks about 1.2 kB a frame and person, mouths some kB each.
    assert path.stat().st_size < 50 * 2 * 12_000
    other = tmp_path / "other.npz"
    again.save(other)
    assert other.read_bytes() == path.read_bytes()


def test_kept_mouths_are_the_frames_own(astronaut: Path, tmp_path: Path) -> None:
    """A mouth from the bank differs from the frame's pixels by near-lossless coding only."""
    face = head(astronaut)
    scene = background(320, 320)
    path = write_scene(tmp_path / "one.mp4", [place(scene, face, 40 + k, 30) for k in range(5)])
    analysis = analysed(path)
    with VideoSource(path) as source:
        frame = list(source.frames())[3]
    mouth = analysis.mouths(0)[3]
    x, y = mouth.corner
    height, width = mouth.rgb.shape[:2]
    own = frame.rgb_crop(x, y, x + width, y + height)
    error = np.mean((own.astype(float) - mouth.rgb) ** 2)
    assert 10 * np.log10(255**2 / error) > 42


def test_who_leaves_and_returns_is_the_same_person(astronaut: Path, tmp_path: Path) -> None:
    """Away for a second, back elsewhere: one person, not found in between."""
    face = head(astronaut)
    scene = background(640, 320)
    pictures = [place(scene, face, 40 + k, 30) for k in range(25)]
    pictures += [np.rint(scene).astype(np.uint8)] * 25
    pictures += [place(scene, face, 380 - k, 45) for k in range(25)]
    analysis = analysed(write_scene(tmp_path / "away.mp4", pictures))
    assert len(analysis.people) == 1
    found = analysis.people[0].found
    assert found[:25].all()
    assert not found[26:50].any()
    assert found[54:].all()


def test_a_cut_splits_the_track_but_not_the_person(astronaut: Path, tmp_path: Path) -> None:
    """Another place and another size: a cut in the track of one person."""
    face = head(astronaut)
    one, two = background(480, 320, seed=2), background(480, 320, seed=7)
    pictures = [place(one, face, 20 + k / 2, 30) for k in range(20)]
    pictures += [place(two, face, 200 - k / 2, 60, scale=0.85) for k in range(20)]
    analysis = analysed(write_scene(tmp_path / "cut.mp4", pictures))
    assert np.flatnonzero(analysis.cuts).tolist() == [20]
    assert len(analysis.people) == 1
    assert analysis.people[0].found.all()
    assert analysis.people[0].breaks[20]


def test_the_next_shot_of_somebody_else_is_somebody_else(astronaut: Path, tmp_path: Path) -> None:
    """At the very place where the first face was, another one is not taken for it."""
    face = head(astronaut)
    one, two = background(480, 320, seed=2), background(480, 320, seed=7)
    pictures = [place(one, face, 100, 30)] * 20 + [place(two, other_head(face), 120, 30)] * 20
    analysis = analysed(write_scene(tmp_path / "shots.mp4", pictures))
    assert [person.found[:20].all() for person in analysis.people] == [True, False]
    assert [person.found[20:].all() for person in analysis.people] == [False, True]


def test_a_hand_before_the_mouth_is_noticed(astronaut: Path, tmp_path: Path) -> None:
    """Skin-coloured and rough, over the lips of a speaking face: those frames are hidden and no others."""
    face = head(astronaut)
    scene = background(320, 320)
    rng = np.random.default_rng(3)
    hand = np.clip(rng.normal(0, 5, (80, 100, 1)) + np.array([196, 150, 126]), 0, 255)
    hand[:, 24::25] *= 0.7
    pictures = []
    for k in range(100):
        talking = speaking(face, 6 + 6 * np.sin(k / 2.2))
        if 40 <= k < 60:
            talking = talking.copy()
            talking[112:192, 65:165] = hand
        pictures.append(place(scene, talking, 40 + 8 * np.sin(k / 11), 30))
    hidden = analysed(write_scene(tmp_path / "hand.mp4", pictures)).people[0].hidden
    assert hidden[40:60].mean() > 0.9
    assert not hidden[:36].any()
    assert not hidden[64:].any()


def test_a_small_face_in_a_large_picture_is_found(astronaut: Path, tmp_path: Path) -> None:
    """A face of 70 pixels in a full HD picture: too small for a look at the whole."""
    face = head(astronaut)
    scene = background(1920, 1080)
    pictures = [place(scene, face, 1300 + k, 700, scale=0.62) for k in range(8)]
    person = analysed(write_scene(tmp_path / "small.mp4", pictures)).people[0]
    assert person.found.all()
    assert 1300 < person.landmarks[..., 0].mean() < 1470


def test_a_face_below_the_limit_is_refused_with_its_size(astronaut: Path, tmp_path: Path) -> None:
    """Mouths of a few pixels can't be dubbed; the error says how wide the face is."""
    face = head(astronaut)
    shown = place(background(320, 240), face, 120, 60, scale=0.35)
    with pytest.raises(NoFaceError) as raised:
        analysed(write_scene(tmp_path / "tiny.mp4", [shown] * 5))
    assert 20 < float(str(raised.value.fields["face_px"])) < 60


def test_a_picture_of_two_people(media: Find) -> None:
    """Both are found, the left one first."""
    analysis = analyze_picture(read_picture(media("portrait/two_people_aigc.jpg")))
    left, right = (person.landmarks[0, :, 0].mean() for person in analysis.people)
    assert left < 633 < right


def test_a_painted_face_is_found(media: Find) -> None:
    """The detector trusts paintings less."""
    assert len(analyze_picture(read_picture(media("portrait/art_2.png"))).people) == 1


@pytest.mark.parametrize(
    "name",
    [
        "video/actor_f_outdoor_1080x1920_25.mp4",
        "video/actor_m_sofa_1080x1920_30.mp4",
        "video/aigc_m_720x1080_25_silent_closed.mp4",
    ],
)
def test_speech_and_gestures_hide_no_mouth(media: Find, name: str) -> None:
    """In clips in which nothing is before the mouth under 2 % of frames are called hidden."""
    analysis = analysed(media(name))
    assert len(analysis.people) == 1
    assert not analysis.cuts.any()
    assert analysis.people[0].found.all()
    assert analysis.people[0].hidden.mean() < 0.02


def test_both_of_two_people_are_followed(media: Find) -> None:
    """The hostile clip with two faces: both throughout, each with a mouth that moves."""
    analysis = analysed(media("hostile/two_faces.mp4"))
    assert len(analysis.people) == 2
    for person in analysis.people:
        assert person.found.all()
        assert measures.opening(person.landmarks).std() > 0.01
