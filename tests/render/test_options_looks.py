"""Options of looks: how large, where, how much and how finely the face may change."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwire.render.face import measures
from lipwire.render.face.finder import FaceFinder
from lipwire.render.face.measure import measure_video
from tests.support.clips import psnr
from tests.support.renders import MOUTH, Footage, Made, shown

#: Between the astronaut's lower lip and her chin, and a part of the picture far from her face.
CHIN = (slice(180, 200), slice(200, 255))
FAR = (slice(260, 500), slice(20, 500))


def change(made: Made, before: list[np.ndarray], where: tuple[slice, slice]) -> float:
    """Mean difference from these frames, in levels."""
    pairs = zip(made.frames, before, strict=False)
    return float(np.mean([np.abs(a[where].astype(np.float32) - b[where]).mean() for a, b in pairs]))


def source_frames(footage: Footage) -> list[np.ndarray]:
    """The clip's own."""
    return [frame for frame, _ in shown(footage.clip)]


@pytest.fixture(scope="module")
def plain(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The clip dubbed without options."""
    return footage.dub(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def half_mask(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Black up to the middle of the mouth, white right of it; smaller than the picture and of another shape."""
    grey = np.zeros((32, 64), np.uint8)
    grey[:, round(225 / 512 * 64) :] = 255
    path = tmp_path_factory.mktemp("mask") / "mask.png"
    cv2.imwrite(str(path), grey)
    return path


def test_a_height_makes_the_shorter_side(footage: Footage, plain: Made, tmp_path: Path) -> None:
    """480 of 512, the same picture smaller; 720 enlarges nothing."""
    made = footage.dub(tmp_path, height=480)
    assert (made.result.width, made.result.height) == (480, 480)
    smaller = cv2.resize(plain.frames[10], (480, 480), interpolation=cv2.INTER_AREA)
    assert psnr(made.frames[10], smaller) > 30
    spoken = footage.speak(tmp_path, height=480, max_duration_ms=200)
    assert (spoken.result.width, spoken.result.height) == (480, 480)
    large = footage.dub(tmp_path, height=720, max_duration_ms=200)
    assert (large.result.width, large.result.height) == (512, 512)


def test_what_a_mask_leaves_black_stays(
    footage: Footage, plain: Made, half_mask: Path, tmp_path: Path
) -> None:
    """The left half of the mouth is the source's, the right half the dub's, of a clip and of a picture."""
    made = footage.dub(tmp_path, mask=half_mask)
    left, right = (MOUTH[0], slice(180, 218)), (MOUTH[0], slice(232, 270))
    source = source_frames(footage)
    assert change(made, source, left) < 0.6 * change(plain, source, left)
    assert change(made, plain.frames, right) < 0.6 * change(plain, source, right)

    still = cv2.imread(str(footage.picture))[..., ::-1]
    spoken = footage.speak(tmp_path, mask=half_mask)
    frames = [still] * len(spoken.frames)
    assert change(spoken, frames, (slice(None), slice(0, 200))) < 2.5
    assert change(spoken, frames, right) > 2.5 * change(spoken, frames, left)


def test_a_region_of_the_mouth_leaves_the_jaw(
    footage: Footage, plain: Made, tmp_path: Path
) -> None:
    """The chin moves only where it may; the mouth moves in both."""
    source = source_frames(footage)
    only = footage.dub(tmp_path, region="mouth")
    assert change(only, source, CHIN) < 0.85 * change(plain, source, CHIN)
    assert change(only, source, MOUTH) > 0.5 * change(plain, source, MOUTH)


@pytest.mark.parametrize("kind", ["clip", "picture"])
def test_expressiveness_opens_the_mouth_wider(kind: str, footage: Footage, tmp_path: Path) -> None:
    """Measured in the output: from mumbling over the speaker's own measure to exaggeration."""
    render: Callable[..., Made] = footage.dub if kind == "clip" else footage.speak
    spread = []
    for value in (0.1, 0.5, 0.9):
        made = render(tmp_path, expressiveness=value)
        spread.append(float(np.nanpercentile(measure_video(made.output).opening, 90)))
    assert spread[0] * 1.15 < spread[1]
    assert spread[1] * 1.05 < spread[2]


@pytest.mark.parametrize("kind", ["clip", "picture"])
def test_an_expression_shows_in_the_mouth(kind: str, footage: Footage, tmp_path: Path) -> None:
    """A smile is wider than a serious mouth, and the face without either is between them."""
    render: Callable[..., Made] = footage.dub if kind == "clip" else footage.speak
    widths = {}
    for name in ("serious", "neutral", "smiling"):
        made = render(tmp_path, expression=name)
        widths[name] = float(np.nanmean(measure_video(made.output).width))
    assert widths["serious"] < widths["neutral"] < widths["smiling"]
    assert widths["smiling"] > 1.02 * widths["serious"]


def test_a_seed_decides_the_bytes(footage: Footage, tmp_path: Path) -> None:
    """The same seed gives the same file, none is 0, and another one moves a picture otherwise."""

    def spoken(**options: object) -> bytes:
        return footage.speak(tmp_path, **options).output.read_bytes()

    first = spoken(seed=3)
    assert spoken(seed=3) == first
    assert spoken(seed=4) != first
    assert spoken() == spoken(seed=0)
    footage.dub(tmp_path, seed=3)
    dubbed = (tmp_path / "output.mp4").read_bytes()
    footage.dub(tmp_path, seed=3)
    assert (tmp_path / "output.mp4").read_bytes() == dubbed


def test_a_quality_tier_buys_looks(footage: Footage, plain: Made, tmp_path: Path) -> None:
    """Far from the mouth each tier is nearer to the source than the one below."""
    source = source_frames(footage)
    near = []
    for tier in ("draft", "standard", "best"):
        made = plain if tier == "standard" else footage.dub(tmp_path, quality=tier)
        pairs = zip(made.frames, source, strict=False)
        near.append(float(np.mean([psnr(a[FAR], b[FAR]) for a, b in pairs])))
    assert near[0] + 0.3 < near[1]
    assert near[1] + 0.3 < near[2]


def test_the_face_stays_who_it_is_whatever_is_asked(footage: Footage, tmp_path: Path) -> None:
    """All that changes looks, at once: a face is found in every frame and its mouth opens."""
    made = footage.dub(
        tmp_path,
        quality="draft",
        expressiveness=0.8,
        expression="smiling",
        region="mouth",
        height=480,
        fps=30,
        trim_start_ms=200,
    )
    with FaceFinder() as finder:
        found = [finder.find(frame) for frame in made.frames]
    assert all(face is not None for face in found)
    opening = measures.opening(np.stack([face for face in found if face is not None]))
    assert np.ptp(opening) > 0.05
