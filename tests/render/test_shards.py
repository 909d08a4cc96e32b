"""An output made in parts by the container's tasks is the one that a single render makes."""

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lipwire.domain.jobs import JobOutput, analysis_prefix
from lipwire.domain.options import JobOptions, SpeakingOrder
from lipwire.engines.retarget import SPEC
from lipwire.render import hearing
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.measure import measure_video
from lipwire.render.frames import plan_clip
from lipwire.render.media.source import VideoSource
from lipwire.render.media.timeline import plan_timeline
from lipwire.render.seams import quiet_seams
from lipwire.render.speech.mouth import mouth_track
from lipwire.render.speech.track import MouthTrack
from tests.support.builders import ACCOUNT
from tests.support.clips import make_wav
from tests.support.containers import JOB, Containers, assert_no_jump
from tests.support.fakes import FakeWork
from tests.support.renders import Footage, Made
from tests.support.same_video import compared


@pytest.fixture(scope="module")
def whole(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The clip with the long voice, rendered at once."""
    return footage.dub(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def heard() -> list[Path]:
    """Voices that a recogniser listened to, in order."""
    return []


@pytest.fixture(scope="module")
def containers(
    footage: Footage, heard: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Containers:
    """The same in four parts, of which the last one is beyond the output's end; a broken analysis lay there before."""
    made = Containers.given(
        tmp_path_factory.mktemp("parts"),
        footage.clip,
        footage.voice,
        longest_ms=2400,
        shards=4,
    )
    stored = made.root / "work" / analysis_key(footage.clip)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"PK\x03\x04 and nothing more")

    def counted(path: Path, **how: Any) -> MouthTrack:
        heard.append(path)
        return mouth_track(path, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "mouth_track", counted)
        made.render()
    return made


def analysis_key(source: Path) -> str:
    """Where the engine's analysis of these bytes lies."""
    prefix = analysis_prefix(ACCOUNT, hashlib.sha256(source.read_bytes()).hexdigest())
    return f"{prefix}{SPEC.name}-{SPEC.version}.npz"


def test_an_analysis_that_cannot_be_read_is_made_anew(
    containers: Containers, footage: Footage
) -> None:
    """Once, for all parts and for whatever comes later: none of them makes its own."""
    stored = containers.root / "work" / analysis_key(footage.clip)
    assert len(Analysis.load(stored)) > 0
    assert containers.work.reports[JOB].quality["analysis"] == "reused"
    shared = containers.root / "work" / containers.work.cut(JOB).analysis_key
    assert shared.read_bytes() == stored.read_bytes()


def test_a_part_draws_the_very_pixels_of_the_whole(
    footage: Footage, containers: Containers
) -> None:
    """Places are planned for its own frames alone, and are the same to the last bit, at its edges too."""
    analysis = Analysis.load(containers.root / "work" / analysis_key(footage.clip))
    voices = (mouth_track(footage.voice),)
    timeline = plan_timeline(
        analysis.starts,
        analysis.durations,
        voices_s=[voices[0].duration_s],
        options=JobOptions(),
        fps=Fraction(25),
    )
    part = range(14, 30)
    (one,) = plan_clip(analysis, voices, timeline, JobOptions())
    (other,) = plan_clip(analysis, voices, timeline, JobOptions(), part)
    assert np.array_equal(one.quality, other.quality)
    with VideoSource(footage.clip) as source:
        frames = dict(enumerate(source.frames()))
    for k in (part[0], part[5], part[-1]):
        mine, theirs = (it.drawer.patch(k, frames[timeline.slots[k].canvas]) for it in (one, other))
        assert np.array_equal(mine.rgb, theirs.rgb)
        assert np.array_equal(mine.alpha, theirs.alpha)


def test_a_voice_is_heard_once_for_all_parts(containers: Containers, heard: list[Path]) -> None:
    """Before there are parts; what each of them plans by is what was heard then."""
    assert heard == [containers.root / "prepare" / "speech"]


def test_nothing_tells_the_parts_from_a_whole(containers: Containers, whole: Made) -> None:
    """Frames, times and sound are the same; pictures differ by their coding alone."""
    found = compared(whole.output, containers.root / "outputs" / "output.mp4")
    assert found["frames"] == whole.result.frames
    assert found["same_times"]
    assert found["same_sound"]
    assert found["sound_packets"] > 10
    assert found["worst_difference"] < 2


def test_the_report_is_the_one_of_a_whole(containers: Containers, whole: Made) -> None:
    """What is charged and what is told: by the joined file, not by what the parts claim."""
    report = containers.work.reports[JOB]
    output = containers.root / "outputs" / "output.mp4"
    assert report.output == JobOutput(
        key="output.mp4",
        cover_key="cover.jpg",
        width=whole.result.width,
        height=whole.result.height,
        fps=str(whole.result.fps),
        frames=whole.result.frames,
        duration_ms=whole.result.duration_ms,
        size_bytes=output.stat().st_size,
    )
    told, expected = dict(report.quality), dict(whole.result.quality)
    for one in (told, expected):
        # Work done; and scores, which are rounded before they are put together.
        for name in ("timings_s", "analysis", "shards"):
            one.pop(name, None)
    assert told.pop("score") == pytest.approx(expected.pop("score"), abs=0.002)
    assert told.pop("untouched_spans") == pytest.approx(expected.pop("untouched_spans"))
    assert told == expected
    assert report.quality["shards"] == 3
    assert (containers.root / "outputs" / "cover.jpg").stat().st_size > 1000


def test_no_mouth_jumps_at_a_seam(containers: Containers, whole: Made) -> None:
    """From the last frame of a part to the first of the next no more than in 95 of 100 steps of the whole."""
    assert_no_jump(containers, measure_video(whole.output).opening)


def test_parts_that_are_not_all_there_are_not_joined(
    footage: Footage, tmp_path: Path, containers: Containers
) -> None:
    """A part whose report is missing ends the work before anything is put."""
    made = Containers(tmp_path, FakeWork(), containers.jobs)
    made.work.put_plan(containers.work.plan(JOB))
    with pytest.raises(KeyError):
        made.runner("assemble").assemble(JOB)
    assert not (tmp_path / "outputs").exists()


def test_a_second_assembling_changes_nothing(containers: Containers) -> None:
    """Its parts are gone: what was reported stands."""
    output = containers.root / "outputs" / "output.mp4"
    before = output.read_bytes(), containers.work.reports[JOB]
    containers.runner("assemble-again").assemble(JOB)
    assert (output.read_bytes(), containers.work.reports[JOB]) == before
    assert containers.work.shards == {}


def test_a_clip_is_cut_where_its_voice_is_quiet(tmp_path: Path) -> None:
    """Within reach of even parts; without a pause, at even parts."""
    at = np.arange(16_000 * 12) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 200 * at)
    sound[int(4.6 * 16_000) : int(5.2 * 16_000)] = 0
    voice = make_wav(tmp_path / "voice.wav", sound.astype(np.float32))
    seams = quiet_seams([voice], order=SpeakingOrder.TOGETHER, parts=3, length_ms=12_000)
    assert 4600 <= seams[0] <= 5200
    assert abs(seams[1] - 8000) <= 20
