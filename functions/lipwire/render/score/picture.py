"""A score as a picture: the widest and the most closed frames, and the mouth's opening over the voice's."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.media.source import VideoSource
from lipwire.render.score.look import Seen

_SHOWN: Final = 8
_SIDE: Final = 200
_CURVES: Final = 220
_PAPER, _INK = (250, 250, 248), (60, 60, 60)
_WANTED, _MEASURED, _OLD = (60, 140, 230), (36, 84, 214), (170, 170, 170)


def draw(
    path: Path, *, video: Path, seen: Seen, wanted: Floats | None, before: Seen | None
) -> None:
    """Write a PNG. `wanted` is the voice's opening 0..1 at the video's frame times."""
    strip = np.hstack(_thumbs(video, seen))
    curves = _curves(strip.shape[1], seen, wanted, before)
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack([strip, curves]), cv2.COLOR_RGB2BGR))


def _thumbs(video: Path, seen: Seen) -> list[Pixels]:
    """The widest-open frame in each eighth: even sampling would show mostly half-closed mouths."""
    parts = np.array_split(np.arange(len(seen.times_s)), _SHOWN)
    chosen = [
        int(part[np.nanargmax(seen.opening[part])]) if seen.found[part].any() else int(part[0])
        for part in parts
        if len(part)
    ]
    with VideoSource(video) as source:
        thumbs = [
            _face(frame.to_rgb(), seen.landmarks[frame.index])
            for frame in source.frames()
            if frame.index in chosen
        ]
    blank = np.full((_SIDE, _SIDE, 3), _PAPER, np.uint8)
    return thumbs + [blank] * (_SHOWN - len(thumbs))


def _face(rgb: Pixels, landmarks: Floats) -> Pixels:
    height, width = rgb.shape[:2]
    if np.isfinite(landmarks[0, 0]):
        x0, y0 = landmarks[:, :2].min(axis=0)
        x1, y1 = landmarks[:, :2].max(axis=0)
        half = 0.6 * max(x1 - x0, y1 - y0)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
    else:
        half, x, y = min(height, width) / 2, width / 2, height / 2
    left, top = max(0, int(x - half)), max(0, int(y - half))
    crop = rgb[top : min(height, int(y + half)), left : min(width, int(x + half))]
    return cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _curves(width: int, seen: Seen, wanted: Floats | None, before: Seen | None) -> Pixels:
    sheet = np.full((_CURVES, width, 3), _PAPER, np.uint8)
    end = max(float(seen.times_s[-1]), 1e-3)
    top = max(float(np.nanmax(seen.opening)), 1e-3)
    if before is not None:
        top = max(top, float(np.nanmax(before.opening)))
        _line(sheet, before.times_s / end, before.opening / top, _OLD)
    if wanted is not None:
        _line(sheet, seen.times_s / end, wanted, _WANTED)
    _line(sheet, seen.times_s / end, seen.opening / top, _MEASURED)
    words = "measured opening (dark blue), asked by the voice (light blue), source (grey)"
    cv2.putText(sheet, words, (10, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
    return sheet


def _line(sheet: Pixels, across: Floats, up: Floats, colour: tuple[int, int, int]) -> None:
    known = np.isfinite(up) & (across <= 1)
    height, width = sheet.shape[:2]
    x = across[known] * (width - 1)
    y = (height - 8) - np.clip(up[known], 0, 1) * (height - 40)
    points = np.stack([x, y], axis=1).round().astype(np.int32)
    cv2.polylines(
        sheet,
        [points.reshape(-1, 1, 2)],
        isClosed=False,
        color=colour,
        thickness=1,
        lineType=cv2.LINE_AA,
    )
