"""The bars of a dub over a talking person: what is asked, against what a fresh look finds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwire.engines.base import RenderTask
from lipwire.engines.retarget import build
from lipwire.render.face import measures
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.measure import correlation
from lipwire.render.media.source import VideoSource
from lipwire.render.score.look import Seen, look_at, mouth_crop
from tests.support.voices import shortened

Find = Callable[[str], Path]
Record = Callable[[str, object], None]

CLIPS = ("actor_f_outdoor_1080x1920_25", "actor_m_sofa_1080x1920_30")
SECONDS = 2.0
LEAST_OPENING_R, LEAST_WIDTH_R = 0.95, 0.75
MOST_OLD_MOUTH_R, MOST_FLICKER = 0.15, 1.25
#: Median over the frames in which m, b or p close the lips, in eye distances.
MOST_OPEN_WHEN_CLOSED = 0.015


@dataclass(frozen=True)
class Look:
    """One dub: what was aimed at, what is seen, and the source's own mouth under it."""

    wanted_opening: np.ndarray
    wanted_width: np.ndarray
    seen: Seen
    own_opening: np.ndarray
    #: Change of the mouth crop from frame to frame, in the output and in the source, in 8-bit levels.
    flicker: tuple[float, float]


@pytest.fixture(scope="module", params=CLIPS)
def look(
    request: pytest.FixtureRequest, media: Find, tmp_path_factory: pytest.TempPathFactory
) -> Look:
    """The clip with two seconds of somebody else's German, looked at afresh."""
    source = media(f"video/{request.param}.mp4")
    folder = tmp_path_factory.mktemp("bars")
    engine = build()
    engine.setup()
    task = RenderTask(
        source=source,
        is_image=False,
        speeches=(shortened(media("audio/de_48k.wav"), SECONDS, folder),),
        analysis=folder / "analysis",
        output=folder / "output.mp4",
        cover=folder / "cover.jpg",
        progress=lambda *_: None,
    )
    told = engine.render(task).quality
    analysis = Analysis.load(task.analysis)
    own = analysis.people[analysis.choose(None)].landmarks
    seen = look_at(task.output)
    count = len(seen.times_s)
    return Look(
        wanted_opening=np.array(told["opening_target"]),
        wanted_width=np.array(told["width_target"]),
        seen=seen,
        own_opening=measures.opening(own[:count]),
        flicker=(_flicker(task.output, own, count), _flicker(source, own, count)),
    )


def test_the_opening_follows_its_target(look: Look, record_property: Record) -> None:
    """Re-detected opening and the engine's target agree."""
    r = correlation(look.wanted_opening, look.seen.opening)
    record_property("opening_r", round(r, 3))
    assert r >= LEAST_OPENING_R


def test_the_width_follows_its_target(look: Look, record_property: Record) -> None:
    """Re-detected width and the engine's target agree."""
    r = correlation(look.wanted_width, look.seen.width)
    record_property("width_r", round(r, 3))
    assert r >= LEAST_WIDTH_R


def test_the_old_mouth_does_not_show(look: Look, record_property: Record) -> None:
    """What the actor said in the source is gone."""
    r = abs(correlation(look.own_opening, look.seen.opening))
    record_property("old_mouth_r", round(r, 3))
    assert r <= MOST_OLD_MOUTH_R


def test_closures_close(look: Look) -> None:
    """Where m, b or p is spoken the lips meet."""
    count = len(look.seen.opening)
    shut = look.seen.opening[look.wanted_opening[:count] < 0.006]
    assert len(shut) >= 2
    assert np.median(shut) < MOST_OPEN_WHEN_CLOSED


def test_the_mouth_does_not_flicker(look: Look, record_property: Record) -> None:
    """Its crop changes from frame to frame hardly more than the source's own speaking mouth."""
    made, own = look.flicker
    record_property("flicker_ratio", round(made / own, 3))
    assert made <= MOST_FLICKER * own


def _flicker(video: Path, landmarks: np.ndarray, count: int) -> float:
    changes, before = [], None
    with VideoSource(video) as source:
        for k, frame in enumerate(source.play(range(count))):
            crop = mouth_crop(frame.to_rgb(quick=True), landmarks[k], landmarks[0])
            if before is not None:
                changes.append(float(cv2.absdiff(crop, before).mean()))
            before = crop
    return float(np.mean(changes))
