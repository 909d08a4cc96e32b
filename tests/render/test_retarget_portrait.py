"""Making a picture speak, looked at afresh."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwire.domain.errors import CorruptMediaError, NoFaceError
from lipwire.engines.base import AnalyzeTask, RenderResult, RenderTask
from lipwire.engines.retarget import build
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.measure import correlation, measure_video
from tests.support.voices import shortened

Find = Callable[[str], Path]


def speak(picture: Path, speech: Path, folder: Path) -> RenderResult:
    """Render `picture` with `speech` to `folder`/output.mp4."""
    engine = build()
    engine.setup()
    return engine.render(
        RenderTask(
            source=picture,
            is_image=True,
            speeches=(speech,),
            analysis=folder / "analysis.npz",
            output=folder / "output.mp4",
            cover=folder / "cover.jpg",
            progress=lambda *_: None,
        )
    )


def check_speaks(folder: Path, result: RenderResult) -> None:
    """The mouth follows its target and the face stays who it is."""
    still = Analysis.load(folder / "analysis.npz").people[0].landmarks[0]
    seen = measure_video(folder / "output.mp4", reference=still)
    assert seen.found.all()
    r = correlation(np.array(result.quality["opening_target"]), seen.opening)
    assert r >= 0.90
    assert seen.rigid_drift.mean() < 0.02


def test_the_astronaut_speaks(astronaut: Path, voice: Path, tmp_path: Path) -> None:
    """A smiling photograph follows a synthetic voice; needs none of the shared media."""
    result = speak(astronaut, voice, tmp_path)
    assert (result.width, result.height, result.fps) == (512, 512, Fraction(25))
    assert result.quality["closures"]
    assert (tmp_path / "cover.jpg").stat().st_size > 5_000
    check_speaks(tmp_path, result)


def test_a_painting_speaks(media: Find, tmp_path: Path) -> None:
    """A painted portrait keeps its size and follows three seconds of a French voice."""
    voice = shortened(media("audio/fr_48k.wav"), 3.0, tmp_path)
    result = speak(media("portrait/art_2.png"), voice, tmp_path)
    assert (result.width, result.height) == (900, 900)
    assert abs(result.duration_ms - 3000) <= 40
    check_speaks(tmp_path, result)


def test_the_same_picture_speaks_the_same_twice(
    astronaut: Path, voice: Path, tmp_path: Path
) -> None:
    """A repeated attempt makes the same frames: its output may replace the first one's."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        speak(astronaut, voice, folder)
    one, two = (measure_video(folder / "output.mp4").opening for folder in folders)
    assert np.array_equal(one, two)


def test_an_odd_size_loses_one_row(astronaut: Path, voice: Path, tmp_path: Path) -> None:
    """H.264 knows even sizes only; the result says that a row was left out."""
    odd = tmp_path / "odd.png"
    cv2.imwrite(str(odd), cv2.imread(str(astronaut))[:401, :500])
    result = speak(odd, voice, tmp_path)
    assert (result.width, result.height) == (500, 400)
    assert "odd_size_cropped" in result.warnings


def test_a_small_face_is_refused_with_its_size(
    astronaut: Path, voice: Path, tmp_path: Path
) -> None:
    """A face of under 60 pixels can't speak, and the error says how wide it is."""
    small = tmp_path / "small.png"
    cv2.imwrite(str(small), cv2.resize(cv2.imread(str(astronaut)), (230, 230)))
    with pytest.raises(NoFaceError) as caught:
        speak(small, voice, tmp_path)
    assert 20 < int(str(caught.value.fields["face_px"])) < 60


def test_a_picture_without_a_face_is_refused(voice: Path, tmp_path: Path) -> None:
    """Noise is nobody."""
    noise = tmp_path / "noise.png"
    cv2.imwrite(str(noise), np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8))
    with pytest.raises(NoFaceError):
        speak(noise, voice, tmp_path)


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    """Bytes that are no picture are corrupt media, not a crash."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    with pytest.raises(CorruptMediaError):
        build().analyze(
            AnalyzeTask(
                source=broken, is_image=True, analysis=tmp_path / "a.npz", progress=lambda *_: None
            )
        )
