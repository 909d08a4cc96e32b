"""Dubbing a clip with its own mouths, looked at afresh."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwire.domain.errors import MediaError, NoFaceError
from lipwire.engines.base import AnalyzeTask, RenderResult, RenderTask
from lipwire.engines.retarget import build
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.measure import Measured, correlation, measure_video
from lipwire.render.face.track import FaceTrack
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.source import VideoSource
from tests.support.voices import shortened

Find = Callable[[str], Path]


@dataclass(frozen=True)
class Dub:
    """One render and what it was made of."""

    source: Path
    output: Path
    cover: Path
    analysis: Path
    result: RenderResult
    stages: tuple[str, ...]


def dub(source: Path, speech: Path, folder: Path) -> Dub:
    """Render `source` with `speech` into `folder`."""
    stages: list[str] = []
    engine = build()
    engine.setup()
    task = RenderTask(
        source=source,
        is_image=False,
        speeches=(speech,),
        analysis=folder / "analysis.npz",
        output=folder / "output.mp4",
        cover=folder / "cover.jpg",
        progress=lambda stage, _done, _total: stages.append(stage),
    )
    result = engine.render(task)
    return Dub(source, task.output, task.cover, task.analysis, result, tuple(dict.fromkeys(stages)))


@pytest.fixture(scope="module")
def talking(media: Find, tmp_path_factory: pytest.TempPathFactory) -> Dub:
    """A talking woman with five seconds of somebody else's German."""
    source = media("video/actor_f_outdoor_1080x1920_25.mp4")
    folder = tmp_path_factory.mktemp("talking")
    return dub(source, shortened(media("audio/de_48k.wav"), 5.0, folder), folder)


@pytest.fixture(scope="module")
def seen(talking: Dub) -> Measured:
    """Her mouth as found in the output."""
    return measure_video(talking.output)


def target(result: RenderResult) -> np.ndarray:
    """The opening the engine aimed at, frame by frame."""
    return np.array(result.quality["opening_target"])


def test_the_mouth_follows_its_target(talking: Dub, seen: Measured) -> None:
    """Re-detected opening and the engine's target agree, r 0.90 or better."""
    assert correlation(target(talking.result), seen.opening) >= 0.90


def test_the_old_mouth_is_gone(talking: Dub, seen: Measured) -> None:
    """What the actor said in the source does not show in the output."""
    before = measure_video(talking.source).opening[: len(seen.opening)]
    assert abs(correlation(before, seen.opening)) < 0.35


def test_closures_close(talking: Dub, seen: Measured) -> None:
    """Where m, b or p is spoken the lips meet."""
    wanted = target(talking.result)
    shut = seen.opening[: len(wanted)][wanted < 0.006]
    assert len(shut) >= 5
    assert np.median(shut) < 0.015
    assert np.median(shut) < 0.3 * np.median(seen.opening[: len(wanted)][wanted > 0.05])


def test_length_and_rate_are_right(talking: Dub) -> None:
    """The output is as long as the voice, at the source's own rate and size."""
    result = talking.result
    assert (result.width, result.height, result.fps) == (1080, 1920, Fraction(25))
    assert abs(result.duration_ms - 5000) <= 40
    with VideoSource(talking.output) as made:
        assert sum(1 for _ in made.frames()) == result.frames
    assert talking.cover.stat().st_size > 10_000
    assert talking.stages == ("listening", "analyzing", "planning", "rendering")


def test_the_rest_of_the_picture_differs_by_coding_only(
    talking: Dub,
    media: Find,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Outside of the lower face the output is as near to the source as plain re-encoding is."""
    plain = tmp_path / "plain.mp4"
    voice = media("audio/de_48k.wav")
    with (
        VideoSource(talking.source) as source,
        VideoSink(plain, sound=voice, like=source.info) as sink,
    ):
        for frame in source.play(range(41)):
            sink.write(frame, None, frame.time_s)
        sink.close()
    track = Analysis.load(talking.analysis).people[0]
    made_db, plain_db = [], []
    with (
        VideoSource(talking.source) as source,
        VideoSource(talking.output) as made,
        VideoSource(plain) as coded,
    ):
        frames = zip(source.frames(), made.frames(), coded.frames(), strict=False)
        for index, (a, b, c) in enumerate(frames):
            if index % 10:
                continue
            outside = _outside(track, index, (a.height, a.width))
            made_db.append(_psnr(a.to_rgb(), b.to_rgb(), outside))
            plain_db.append(_psnr(a.to_rgb(), c.to_rgb(), outside))
    record_property("outside_db", round(float(np.mean(made_db)), 2))
    record_property("plain_db", round(float(np.mean(plain_db)), 2))
    assert np.mean(made_db) >= np.mean(plain_db) - 0.1


def test_a_second_dub_reuses_the_analysis(talking: Dub, media: Find, tmp_path: Path) -> None:
    """With the analysis at hand the source is not looked at again."""
    again = dub(
        talking.source, shortened(media("audio/zh_48k.wav"), 1.0, tmp_path), talking.analysis.parent
    )
    assert "analyzing" not in again.stages


def test_a_short_clip_is_played_to_and_fro(media: Find, tmp_path: Path) -> None:
    """A clip of 4 s carries a voice of 5.5 s."""
    voice = shortened(media("audio/fr_48k.wav"), 5.5, tmp_path)
    made = dub(media("hostile/two_faces.mp4"), voice, tmp_path)
    with VideoSource(made.source) as source:
        period_ms = 1000 / float(source.info.fps)
        assert source.info.duration_s < 5
    assert abs(made.result.duration_ms - 5500) <= period_ms + 1


def test_a_closed_mouth_is_given_an_inside(media: Find, tmp_path: Path) -> None:
    """A clip whose mouth never opens speaks nevertheless, and the result says what was done."""
    source = media("video/aigc_m_720x1080_25_silent_closed.mp4")
    made = dub(source, shortened(media("audio/ls_demo1_16k.wav"), 2.0, tmp_path), tmp_path)
    assert "mouth_closed_in_source" in made.result.warnings
    assert correlation(target(made.result), measure_video(made.output).opening) >= 0.90


def test_variable_frame_times_are_kept(media: Find, tmp_path: Path) -> None:
    """A phone's uneven frame times come out as they went in."""
    made = dub(
        media("hostile/vfr.mp4"),
        shortened(media("audio/ls_demo1_16k.wav"), 2.0, tmp_path),
        tmp_path,
    )
    with VideoSource(made.source) as source, VideoSource(made.output) as output:
        before, _ = source.times()
        after, _ = output.times()
    assert after == before[: len(after)]


def test_ten_bit_stays_ten_bit(media: Find, tmp_path: Path) -> None:
    """HLG in, HLG out."""
    made = dub(
        media("hostile/hevc10_hlg.mp4"),
        shortened(media("audio/ls_demo1_16k.wav"), 1.0, tmp_path),
        tmp_path,
    )
    with VideoSource(made.source) as source, VideoSource(made.output) as output:
        assert output.info.pix_fmt == source.info.pix_fmt
        assert output.info.colour == source.info.colour


def test_a_clip_without_a_face_is_refused(media: Find, tmp_path: Path) -> None:
    """NoFaceError from analysis as well as from a render."""
    source = media("hostile/no_face.mp4")
    engine = build()
    with pytest.raises(NoFaceError):
        engine.analyze(
            AnalyzeTask(
                source=source,
                is_image=False,
                analysis=tmp_path / "a.npz",
                progress=lambda *_: None,
            )
        )
    with pytest.raises(NoFaceError):
        dub(source, media("audio/fr_48k.wav"), tmp_path)


@pytest.mark.parametrize("name", ["html.mp4", "zero.mp4", "truncated.mp4", "audio_only.mp4"])
def test_what_is_no_clip_is_refused(name: str, media: Find, tmp_path: Path) -> None:
    """Broken files end in an error the user can act on."""
    with pytest.raises(MediaError):
        dub(media(f"hostile/{name}"), media("audio/fr_48k.wav"), tmp_path)


def _outside(track: FaceTrack, index: int, shape: tuple[int, int]) -> np.ndarray:
    """True away from the lower face: everything but a box from the eyes to under the chin."""
    from lipwire.render.face import points

    face = track.steady[index][points.OVAL, :2]
    margin = track.eye_px
    low, high = face.min(axis=0) - 0.4 * margin, face.max(axis=0) + margin * np.array([0.4, 0.9])
    mask = np.ones(shape, dtype=bool)
    mask[int(max(low[1], 0)) : int(high[1]), int(max(low[0], 0)) : int(high[0])] = False
    return mask


def _psnr(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> float:
    error = (a[mask].astype(np.float64) - b[mask]) ** 2
    return float(10 * np.log10(255**2 / error.mean()))
