"""`make pictures`: the pictures of docs/architecture/03-engines.md, made by the steps that they explain.

Runs in the renderer's environment: `python -m tools.draw_pictures PORTRAIT VOICE FOLDER`.
"""

import sys
from fractions import Fraction
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from lipwire.domain.options import JobOptions, WhenShorter
from lipwire.render.face import points
from lipwire.render.face.analysis import analyze_picture
from lipwire.render.face.arrays import Floats, Mask, Pixels
from lipwire.render.face.picture import read_picture
from lipwire.render.hearing import hear
from lipwire.render.media.timeline import plan_timeline, portrait_timeline
from lipwire.render.retarget.portrait import FPS, paste, portrait_targets
from lipwire.render.retarget.rig import FaceRig

_PAPER: Final = (250, 250, 248)
_INK: Final = (70, 70, 70)
_ACCENT: Final = (36, 84, 214)
_WARM: Final = (214, 110, 36)
_SIDE: Final = 300


def main(portrait: Path, voice: Path, folder: Path) -> None:
    """All pictures lie in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rgb = read_picture(portrait)
    _save(folder / "steps.jpg", steps(rgb, voice))
    _save(folder / "mouths.jpg", mouths(rgb))
    _save(folder / "timelines.png", timelines())


def steps(rgb: Pixels, voice: Path) -> Pixels:
    """Track, hear and plan, synthesize, composite, side by side."""
    landmarks = analyze_picture(rgb).people[0].landmarks[0]
    heard = hear([voice])
    timeline = portrait_timeline(voices_s=[heard[0].duration_s], options=JobOptions(), fps=FPS)
    targets = portrait_targets(heard[0], timeline.moments(), landmarks=landmarks)
    k = int(np.argmax(targets.opening))
    rig = FaceRig(rgb, landmarks, corner=(0, 0), size=(rgb.shape[1], rgb.shape[0]))
    patch = rig.draw(rig.mouth.pose(float(targets.opening[k]), float(targets.rounding[k])))
    tracked = rgb.copy()
    for number, (x, y) in enumerate(landmarks[:, :2]):
        colour = (
            _ACCENT
            if number in points.LIPS
            else _WARM
            if number in points.RIGID
            else (235, 235, 235)
        )
        cv2.circle(tracked, (round(float(x)), round(float(y))), 1, colour, -1, cv2.LINE_AA)
    height, width = patch.alpha.shape
    alone = np.full_like(rgb, 200)
    view = alone[patch.y : patch.y + height, patch.x : patch.x + width]
    view[:] = (view + patch.alpha[..., None] * (patch.rgb - view)).round().astype(np.uint8)
    window = _around(landmarks, rgb.shape)
    panels = [
        _titled("track", tracked[window]),
        _titled("hear, plan", _curves(targets.opening, targets.closed, k)),
        _titled("synthesize", alone[window]),
        _titled("composite", paste(rgb, patch)[window]),
    ]
    return np.hstack(panels)


def mouths(rgb: Pixels) -> Pixels:
    """One picture's mouth over opening (down) and rounding (across)."""
    landmarks = analyze_picture(rgb).people[0].landmarks[0]
    rig = FaceRig(rgb, landmarks, corner=(0, 0), size=(rgb.shape[1], rgb.shape[0]))
    lips = landmarks[points.LIPS, :2]
    centre, half = lips.mean(axis=0), 0.75 * float(np.ptp(lips[:, 0]))
    x0, x1 = int(centre[0] - half), int(centre[0] + half)
    y0, y1 = int(centre[1] - half), int(centre[1] + half)
    rows = []
    for opening in (0.004, 0.05, 0.10, 0.15):
        row = [
            cv2.resize(
                paste(rgb, rig.draw(rig.mouth.pose(opening, rounding)))[y0:y1, x0:x1],
                (200, 200),
                interpolation=cv2.INTER_CUBIC,
            )
            for rounding in (-0.8, 0.0, 0.5, 1.0)
        ]
        rows.append(np.hstack(row))
    return np.vstack(rows)


def timelines() -> Pixels:
    """What each way of filling a longer voice shows: brightness is the place in the clip."""
    frames, clip, voice = 50, Fraction(2), Fraction(5)
    starts = [Fraction(k, 25) for k in range(frames)]
    sheet = np.full((50 * (len(WhenShorter) + 1) + 20, 900, 3), _PAPER, np.uint8)
    scale = 700 / 7.0
    cv2.rectangle(sheet, (150, 20), (150 + int(float(voice) * scale), 40), _ACCENT, -1)
    _text(sheet, "voice", (20, 36))
    for row, how in enumerate(WhenShorter, start=1):
        made = plan_timeline(
            starts,
            [Fraction(1, 25)] * frames,
            voices_s=[voice],
            options=JobOptions(when_shorter=how),
            fps=Fraction(25),
        )
        y = 20 + 50 * row
        for slot in made.slots:
            x0 = 150 + int(float(slot.time_s) * scale)
            x1 = 150 + int(float(slot.time_s + slot.duration_s) * scale) + 1
            level = 60 + int(160 * float(starts[slot.canvas] / clip))
            cv2.rectangle(sheet, (x0, y), (x1, y + 20), (level, level, level), -1)
        _text(sheet, how.value, (20, y + 16))
    return sheet


def _around(landmarks: Floats, shape: tuple[int, ...]) -> tuple[slice, slice]:
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    centre, half = (low + high) / 2, 0.62 * float((high - low).max())
    x0, y0 = (max(0, int(value - half)) for value in centre)
    return (
        slice(y0, min(shape[0], int(centre[1] + half))),
        slice(x0, min(shape[1], int(centre[0] + half))),
    )


def _curves(opening: Floats, closed: Mask, shown: int) -> Pixels:
    sheet = np.full((_SIDE, _SIDE, 3), _PAPER, np.uint8)
    across = np.linspace(10, _SIDE - 10, len(opening))
    up = _SIDE - 30 - opening / opening.max() * (_SIDE - 80)
    for k in np.flatnonzero(closed):
        cv2.line(sheet, (int(across[k]), _SIDE - 28), (int(across[k]), _SIDE - 18), _WARM, 2)
    line = np.stack([across, up], axis=1).round().astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(sheet, [line], isClosed=False, color=_ACCENT, thickness=2, lineType=cv2.LINE_AA)
    cv2.circle(sheet, (int(across[shown]), int(up[shown])), 5, _ACCENT, -1, cv2.LINE_AA)
    return sheet


def _titled(title: str, picture: Pixels) -> Pixels:
    sheet = np.full((_SIDE + 40, _SIDE + 10, 3), _PAPER, np.uint8)
    sheet[35 : 35 + _SIDE, 5 : 5 + _SIDE] = cv2.resize(
        picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
    )
    _text(sheet, title, (8, 24))
    return sheet


def _text(sheet: Pixels, words: str, where: tuple[int, int]) -> None:
    cv2.putText(sheet, words, where, cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)


def _save(path: Path, rgb: Pixels) -> None:
    quality = [cv2.IMWRITE_JPEG_QUALITY, 88, cv2.IMWRITE_PNG_COMPRESSION, 9]
    cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), quality)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
