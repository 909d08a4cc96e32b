"""The bars of stills and of clips whose mouth never opens: what is asked, against what a fresh look finds."""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from lipwire.render.face import measures, points
from lipwire.render.face.analysis import analyze_clip
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.finder import FaceFinder
from lipwire.render.face.measure import correlation
from lipwire.render.face.picture import read_picture
from lipwire.render.media.source import VideoSource
from lipwire.render.retarget.portrait import (
    FPS,
    Person,
    PortraitDrawer,
    paste,
    portrait_targets,
)
from lipwire.render.retarget.still import StillDrawer
from lipwire.render.retarget.targets import Targets
from lipwire.render.retarget.video import Clip
from lipwire.render.speech.mouth import mouth_track

Find = Callable[[str], Path]
Record = Callable[[str, object], None]

LEAST_OPENING_R, LEAST_WIDTH_R = 0.95, 0.92
#: Mean over the frames in which m, b or p close the lips, in eye distances.
MOST_OPEN_WHEN_CLOSED = 0.015
FRAMES = 90
TIMES = np.arange(FRAMES) / FPS


def looked_up(rgb: np.ndarray, half: str | None = None) -> np.ndarray:
    """The landmarks of the face in a picture, or in its left or right half."""
    middle = rgb.shape[1] // 2
    start, end = {None: (0, None), "left": (0, middle), "right": (middle, None)}[half]
    part = np.ascontiguousarray(rgb[:, start:end])
    with FaceFinder() as finder:
        for _ in range(5):
            found = finder.find(part)
    assert found is not None
    return found + np.array([start, 0, 0], dtype=np.float32)


def check(
    frames: Iterable[np.ndarray], where: np.ndarray, targets: Targets, record: Record
) -> None:
    """Re-detect the face around `where` in each frame and hold it to the bars."""
    eye_px = float(eye_distance(where))
    middle = where[points.OVAL, :2].mean(axis=0)
    low = np.maximum(middle - 1.9 * eye_px, 0).astype(int)
    high = (middle + 1.9 * eye_px).astype(int)
    seen = []
    with FaceFinder() as finder:
        for frame in frames:
            part = np.ascontiguousarray(frame[low[1] : high[1], low[0] : high[0]])
            found = finder.find(part)
            assert found is not None
            seen.append(found)
    marks = np.stack(seen)
    opening, width = measures.opening(marks), measures.width(marks)
    opening_r, width_r = (
        correlation(targets.opening, opening),
        correlation(targets.width, width),
    )
    shut = opening[targets.closed].mean()
    record("opening_r", round(opening_r, 3))
    record("width_r", round(width_r, 3))
    record("open_when_closed", round(float(shut), 4))
    assert opening_r >= LEAST_OPENING_R
    assert width_r >= LEAST_WIDTH_R
    assert targets.closed.sum() >= 3
    assert shut <= MOST_OPEN_WHEN_CLOSED
    assert opening[targets.opening > 0.06].mean() > 0.05


def test_the_astronaut_meets_the_bars(
    astronaut: Path, voice: Path, record_property: Record
) -> None:
    """A wide smile that must close; needs none of the shared media."""
    rgb = read_picture(astronaut)
    face = looked_up(rgb)
    speech = mouth_track(voice)
    times = np.arange(min(FRAMES, int(speech.duration_s * FPS))) / FPS
    targets = portrait_targets(speech, times, landmarks=face)
    drawer = PortraitDrawer(rgb, [Person(face, targets)], times_s=times, seed=1)
    check((drawer.frame(k) for k in range(len(times))), face, targets, record_property)


@pytest.mark.parametrize(
    ("picture", "half"),
    [("art_2.png", None), ("two_people_aigc.jpg", "left"), ("two_people_aigc.jpg", "right")],
)
def test_shared_portraits_meet_the_bars(
    picture: str, half: str | None, media: Find, record_property: Record
) -> None:
    """A painting, and each of two people, with a French voice."""
    rgb = read_picture(media(f"portrait/{picture}"))
    face = looked_up(rgb, half)
    targets = portrait_targets(mouth_track(media("audio/fr_48k.wav")), TIMES, landmarks=face)
    drawer = PortraitDrawer(rgb, [Person(face, targets)], times_s=TIMES, seed=1)
    check((drawer.frame(k) for k in range(FRAMES)), face, targets, record_property)


def test_a_clip_whose_mouth_never_opens_meets_the_bars(
    media: Find, record_property: Record
) -> None:
    """The lips of each of its own frames are parted, and its light stays steady."""
    with VideoSource(media("video/aigc_m_720x1080_25_silent_closed.mp4")) as source:
        frames = list(islice(source.frames(), FRAMES))
    track = analyze_clip(iter(frames)).people[0]
    clip = Clip.of(track)
    assert not clip.speaks
    face = track.steady[FRAMES // 2]
    targets = portrait_targets(mouth_track(media("audio/fr_48k.wav")), TIMES, landmarks=face)
    drawer = StillDrawer(clip.track, targets, np.arange(FRAMES))

    def drawn(k: int) -> np.ndarray:
        patch = drawer.patch(k, frames[k])
        assert patch is not None
        assert drawer.quality(k) > 0.5
        return paste(frames[k].to_rgb(), patch)

    check((drawn(k) for k in range(FRAMES)), face, targets, record_property)
