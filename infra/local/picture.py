"""The demo's picture, drawn in the renderer's environment: `python -m infra.local.picture OUT.png VIDEO…`.

For each video: eight frames of it in a row (the widest mouth of each eighth), over the sound's waveform and the mouth's opening as re-detected in the output.
"""

import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwire.render.face import measures
from lipwire.render.face.finder import FaceFinder
from lipwire.render.media.sound import Sound
from lipwire.render.media.source import VideoSource

Picture = NDArray[np.uint8]

WIDTH: Final = 1280
SHOWN: Final = 8
CURVES: Final = 150
#: Opening, in eye distances, at the top of the curves: one scale for all videos, so that they can be compared.
TOP: Final = 0.2
_PAPER: Final = (250, 250, 248)
_INK: Final = (60, 60, 60)
_WAVE: Final = (190, 190, 196)
_MOUTH: Final = (36, 84, 214)


def main(out: str, *videos: str) -> None:
    """The picture lies at `out`."""
    rows = [_row(Path(video)) for video in videos]
    cv2.imwrite(out, cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _row(video: Path) -> Picture:
    """The widest mouth of each eighth of the video, over the curves of the whole."""
    times: list[float] = []
    opening: list[float] = []
    with VideoSource(video) as source, FaceFinder() as finder:
        for frame in source.frames():
            landmarks = finder.find(frame.to_rgb())
            times.append(float(frame.time_s))
            opening.append(np.nan if landmarks is None else float(measures.opening(landmarks)))
        widest = {
            int(part[np.argmax(np.nan_to_num(np.array(opening)[part], nan=-1.0))])
            for part in np.array_split(np.arange(len(times)), SHOWN)
            if len(part)
        }
        thumbs = []
        for frame in source.frames():
            if frame.index in widest:
                rgb = frame.to_rgb()
                thumbs.append((times[frame.index], _thumb(rgb, finder.find(rgb))))
    sound = np.concatenate(list(Sound(video).chunks(rate=16_000, channels=1)), axis=1)[0]
    strip = np.hstack([picture for _, picture in thumbs])
    strip = np.pad(strip, ((0, 0), (0, WIDTH - strip.shape[1]), (0, 0)), constant_values=250)
    shown_s = times[-1] + (times[-1] - times[0]) / max(len(times) - 1, 1)
    seconds = max(len(sound) / 16_000, shown_s)
    curves = _curves(sound, np.array(times), np.array(opening), seconds, [t for t, _ in thumbs])
    title = f"{video.name}   {len(times)} frames, {shown_s:.2f} s of picture"
    return np.vstack([_title(title), strip, curves])


def _thumb(rgb: Picture, landmarks: NDArray[np.float32] | None) -> Picture:
    """The face with some room around it; the whole picture where there is none."""
    side = WIDTH // SHOWN
    height, width = rgb.shape[:2]
    x, y, size = width / 2, height / 2, float(min(height, width))
    if landmarks is not None:
        x, y = landmarks[:, :2].mean(axis=0)
        size = min(size, 1.9 * float(np.ptp(landmarks[:, 1])))
    left = int(np.clip(x - size / 2, 0, width - size))
    top = int(np.clip(y - size / 2, 0, height - size))
    face = rgb[top : top + int(size), left : left + int(size)]
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _curves(
    sound: NDArray[np.float32],
    times: NDArray[np.float64],
    opening: NDArray[np.float64],
    seconds: float,
    marks: list[float],
) -> Picture:
    """Waveform in grey, mouth opening in blue, the frames shown above marked."""
    canvas = np.full((CURVES, WIDTH, 3), _PAPER, np.uint8)
    middle = CURVES // 2
    peak = max(float(np.abs(sound).max()), 1e-6)
    for x, part in enumerate(np.array_split(sound, WIDTH)):
        if len(part):
            half = int(np.abs(part).max() / peak * (middle - 8))
            cv2.line(canvas, (x, middle - half), (x, middle + half), _WAVE, 1)
    for mark in marks:
        x = int(mark / seconds * (WIDTH - 1))
        cv2.line(canvas, (x, 0), (x, 6), _INK, 1)
    points = [
        (int(t / seconds * (WIDTH - 1)), int(CURVES - 8 - min(o / TOP, 1) * (CURVES - 20)))
        for t, o in zip(times, opening, strict=True)
        if np.isfinite(o)
    ]
    cv2.polylines(
        canvas,
        [np.array(points, np.int32)],
        isClosed=False,
        color=_MOUTH,
        thickness=2,
        lineType=cv2.LINE_AA,
    )
    return canvas


def _title(text: str) -> Picture:
    bar = np.full((28, WIDTH, 3), _PAPER, np.uint8)
    hint = "waveform grey, mouth opening measured in the output in blue"
    for words, x in ((text, 8), (hint, WIDTH - 500)):
        cv2.putText(bar, words, (x, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
    return bar


if __name__ == "__main__":
    main(*sys.argv[1:])
