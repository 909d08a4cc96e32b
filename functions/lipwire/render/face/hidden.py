"""Frames in which something is before the mouth: a hand, a cup, a microphone.

The mesh draws a mouth there all the same, so it is the pixels that tell. Each frame's lower face is squeezed into a
small picture with head motion taken out; a frame is hidden when no frame from another time looks like it.
"""

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Mask, Pixels

#: The lower face is remembered as a picture of this side.
PATCH = 12
_FINE = 48
#: Where on the face it lies, in eye distances from between the eyes: left, top, side.
_PLACE = (-0.6, 0.45, 1.2)
#: Frames this near in time don't vouch for each other; in seconds.
_NEAR_S = 1.0
_MOST_REFERENCES = 400
#: How unlike, in levels, a patch must be to every other, and how far above what is usual in the clip.
_LEAST_UNLIKE = 21.0
_ABOVE_USUAL = 3.0
#: Hidden spans are closed over gaps of this many frames, grown by `_GROWN`, and count from `_LEAST_FRAMES` on.
_GAP_FRAMES = 5
_GROWN = 2
_LEAST_FRAMES = 2


def mouth_patch(landmarks: Floats, shown: Pixels, square: tuple[int, int, int]) -> Pixels:
    """The lower face in RGB, PATCH x PATCH, from the RGB square that lies at `square` in the picture."""
    scale = shown.shape[0] / square[2]
    marks = landmarks[[points.EYE_OUTER_LEFT, points.EYE_OUTER_RIGHT, points.NOSE_BASE], :2]
    marks = ((marks - np.array(square[:2])) * scale).astype(np.float32)
    left, top, side = _PLACE
    face = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.6]], dtype=np.float32)
    into = ((face - [left, top]) / side * _FINE).astype(np.float32)
    fine = cv2.warpAffine(
        shown, cv2.getAffineTransform(marks, into), (_FINE, _FINE), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(
        cv2.resize(fine, (PATCH, PATCH), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def hidden_mouths(patches: Pixels, times_s: Floats) -> Mask:
    """Which of the patches (n, PATCH, PATCH, 3), taken at `times_s`, show something else than the person's mouth."""
    unlike = unlikeness(patches, times_s)
    usual = float(np.median(unlike))
    marked = unlike > max(_LEAST_UNLIKE, _ABOVE_USUAL * usual)
    return _tidied(marked)


def unlikeness(patches: Pixels, times_s: Floats) -> Floats:
    """Mean difference in levels from the most similar patch of another time, brightness taken out; (n,)."""
    count = len(patches)
    rows = patches.astype(np.float32)
    rows -= rows.mean(axis=(1, 2, 3), keepdims=True)
    flat = rows.reshape(count, -1)
    step = max(1, count // _MOST_REFERENCES)
    references = np.arange(0, count, step)
    near_s = min(_NEAR_S, float(times_s[-1] - times_s[0]) / 4) if count else 0.0
    out = np.zeros(count)
    for k in range(count):
        off = np.abs(flat[references] - flat[k]).mean(axis=1)
        off[np.abs(times_s[references] - times_s[k]) <= near_s] = np.inf
        least = float(off.min()) if len(off) else np.inf
        out[k] = least if np.isfinite(least) else 0.0
    return out


def _tidied(marked: Mask) -> Mask:
    """Runs without pinholes and without single frames, a little longer at both ends."""
    kernel = np.ones(_GAP_FRAMES + 1, dtype=np.uint8)
    row = marked.astype(np.uint8)[None]
    closed = cv2.morphologyEx(row, cv2.MORPH_CLOSE, kernel[None])
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, _LEAST_FRAMES), dtype=np.uint8))
    grown = cv2.dilate(opened, np.ones((1, 2 * _GROWN + 1), dtype=np.uint8))
    out: Mask = grown[0].astype(bool)
    return out
