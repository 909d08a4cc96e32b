"""The figures of a finished video, from what was seen of it, of its voice and of its source.

They need no trained judge: everything is re-detected from the output's own frames. What they can't say is whether a
person would find it natural; for that, look at the picture that goes with them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lipwire.render.face.arrays import Floats, Mask
from lipwire.render.face.measure import correlation, rigid_drift
from lipwire.render.retarget.targets import gliding
from lipwire.render.score.look import Seen, luma
from lipwire.render.speech.track import MouthTrack

#: Lags tried between mouth and voice, in seconds.
MOST_LAG_S: Final = 0.25
_LAG_STEP_S: Final = 0.01
#: Beyond the eyes' line and this far around the face, in eye distances, nothing may change.
_ROOM_BESIDE, _ROOM_BELOW = 0.25, 0.6
_CLOSURE = 0.5
_MOST_DB = 100.0


@dataclass(frozen=True, slots=True)
class Sync:
    """How the mouth goes with a voice."""

    #: Pearson's r of measured and wanted opening at the best lag.
    opening_r: float
    #: r of measured mouth width and wanted rounding there; negative where a pursed sound narrows the mouth.
    rounding_r: float
    #: Positive: the mouth comes after the sound.
    lag_ms: int
    #: Frames on which m, b or p wants the lips to touch, and the opening measured there and elsewhere, in eye distances.
    closure_frames: int
    closure_opening: float | None
    other_opening: float


def sync(seen: Seen, voice: MouthTrack) -> Sync:
    """Mouth against voice, both starting at time 0."""

    def wanted(curve: Floats, lag_s: float) -> Floats:
        at = seen.times_s - lag_s
        known: Floats = np.interp(at, voice.times_s, curve, left=np.nan, right=np.nan)
        return known

    lags = np.arange(-MOST_LAG_S, MOST_LAG_S + _LAG_STEP_S / 2, _LAG_STEP_S)
    # A real mouth goes better with what is heard when that glides, too.
    heard = gliding(voice.opening)
    rs = np.array([correlation(wanted(heard, lag), seen.opening) for lag in lags])
    best = float(lags[int(np.nanargmax(rs))])
    closed = (wanted(voice.closure, best) >= _CLOSURE) & seen.found
    others = seen.found & ~closed
    return Sync(
        opening_r=float(np.nanmax(rs)),
        rounding_r=correlation(wanted(voice.rounding, best), seen.width),
        lag_ms=round(best * 1000),
        closure_frames=int(closed.sum()),
        closure_opening=float(np.median(seen.opening[closed])) if closed.any() else None,
        other_opening=float(np.median(seen.opening[others])),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the source; frames are compared one to one from the start."""

    frames_compared: int
    #: Of the landmarks that speech does not move, in eye distances.
    identity_drift: float
    #: |r| of the output's mouth opening with the source's: what is left of the old words.
    old_mouth_r: float
    #: The output's flicker over the source's.
    flicker_ratio: float
    #: Luma, all but the face below the eyes; dB.
    psnr_outside: float


def change(seen: Seen, before: Seen, *, video: Path, source: Path) -> Change:
    """Output against source."""
    count = min(len(seen.times_s), len(before.times_s))
    both = seen.found[:count] & before.found[:count]
    drifts = [
        float(rigid_drift(seen.landmarks[k : k + 1], before.landmarks[k])[0])
        for k in np.flatnonzero(both)
    ]
    return Change(
        frames_compared=count,
        identity_drift=float(np.mean(drifts)) if drifts else float("nan"),
        old_mouth_r=abs(correlation(before.opening[:count], seen.opening[:count])),
        flicker_ratio=float(np.nanmean(seen.flicker[:count]) / np.nanmean(before.flicker[:count])),
        psnr_outside=psnr_outside(video, source, before.landmarks[:count]),
    )


def psnr_outside(video: Path, source: Path, landmarks: Floats) -> float:
    """PSNR of luma outside the lower face over frames with a face, in dB; at most 100.

    Raises ValueError when the two have different sizes.
    """
    errors = []
    for k, (was, made) in enumerate(zip(luma(source), luma(video), strict=False)):
        if k >= len(landmarks):
            break
        if was.shape != made.shape:
            raise ValueError(f"the source is {was.shape[::-1]}, the video {made.shape[::-1]}")
        if np.isfinite(landmarks[k, 0, 0]):
            mask = beyond_lower_face((was.shape[0], was.shape[1]), landmarks[k])
            off = was[mask].astype(np.float32) - made[mask]
            errors.append(float((off**2).mean()))
    mean = float(np.mean(errors)) if errors else float("nan")
    return _MOST_DB if mean == 0 else min(_MOST_DB, float(10 * np.log10(255**2 / mean)))


def beyond_lower_face(shape: tuple[int, int], landmarks: Floats) -> Mask:
    """All but the box of the face below the eyes, with room for the jaw to move."""
    mask = np.ones(shape, bool)
    eye = float(np.linalg.norm(landmarks[33, :2] - landmarks[263, :2]))
    x0 = int(landmarks[:, 0].min() - _ROOM_BESIDE * eye)
    x1 = int(landmarks[:, 0].max() + _ROOM_BESIDE * eye)
    y0, y1 = int(landmarks[33, 1]), int(landmarks[152, 1] + _ROOM_BELOW * eye)
    mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = False
    return mask
