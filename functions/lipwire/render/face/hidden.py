"""Frames in which something is before the mouth: a hand, a cup, a microphone.

The mesh draws a mouth there all the same, so it is the pixels that tell. Each frame's lower face is squeezed into a
small picture with head motion taken out; a frame is hidden when no frame from another time looks like it.
"""

import cv2
import numpy as np
from scipy.ndimage import median_filter

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Mask, Pixels

#: The lower face is remembered as a picture of this side.
PATCH = 12
_FINE = 48
#: Where on the face it lies, in eye distances from between the eyes: left, top, side.
_PLACE = (-0.6, 0.45, 1.2)
#: Frames this near in time don't vouch for each other, in seconds and at most as a share of the clip. A turned head
#: has few others like it, so only a head that is held as at other times must be vouched for from further away.
_NEAR_S = 1.0
_FAR_S = 4.0
_NEAR_SHARE = 0.25
#: Heads are held alike within this many radians, in at least this share of the other times.
_SAME_POSE = 0.04
_COMMON = 0.05
_MOST_REFERENCES = 600
_CHUNK = 256
#: In Y', Cr and Cb: contrast that a lower face has at least, in levels.
_LEAST_CONTRAST = (8.0, 2.0, 2.0)
#: How unlike every other time a hidden mouth is, as a multiple of what is usual in the clip, within bounds; speech and
#: turns of the head stay below the upper one on clips of people.
_OF_USUAL = 4.5
_UNLIKE = (0.75, 1.1)
_MEDIAN_FRAMES = 5
_LEAST_PATCHES = 12
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


def hidden_mouths(patches: Pixels, times_s: Floats, pose: Floats) -> Mask:
    """Which of the patches (n, PATCH, PATCH, 3), taken at `times_s`, show something else than the person's mouth.

    `pose` (n, 2) is the head's yaw and pitch in radians. An object held there for most of the clip is not noticed.
    """
    if len(patches) < _LEAST_PATCHES:
        return np.zeros(len(patches), dtype=bool)
    unlike = unlikeness(patches, times_s, pose)
    limit = float(np.clip(_OF_USUAL * float(np.median(unlike)), *_UNLIKE))
    return _tidied(median_filter(unlike, _MEDIAN_FRAMES) > limit)


def unlikeness(patches: Pixels, times_s: Floats, pose: Floats) -> Floats:
    """How far each patch (n, PATCH, PATCH, 3) is from the most similar one of another time, (n,).

    The sum of two: the difference in the clip's own contrasts, brightness and tint taken out; and 1 minus the
    correlation of redness, which is what tells lips from a hand of the same skin.
    """
    count = len(patches)
    stacked = patches.reshape(count * PATCH, PATCH, 3)
    colours = cv2.cvtColor(stacked, cv2.COLOR_RGB2YCrCb).reshape(count, PATCH, PATCH, 3)
    colours = colours.astype(np.float32)
    colours -= colours.mean(axis=(1, 2), keepdims=True)
    contrast = np.maximum(np.median(colours.std(axis=(1, 2)), axis=0), _LEAST_CONTRAST)
    rows = (colours / contrast).astype(np.float32).reshape(count, -1)
    red = colours[..., 1].reshape(count, -1)
    red = red / np.maximum(np.linalg.norm(red, axis=1, keepdims=True), 1e-6)
    squares = (rows * rows).mean(axis=1)
    references = np.arange(0, count, max(1, -(-count // _MOST_REFERENCES)))
    most_s = _NEAR_SHARE * float(times_s[-1] - times_s[0])
    out = np.zeros(count)
    for begin in range(0, count, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        product = rows[part] @ rows[references].T / rows.shape[1]
        off = squares[part, None] + squares[references] - 2 * product
        alike = red[part] @ red[references].T
        apart_s = np.abs(times_s[part, None] - times_s[references])
        turned = np.abs(pose[part, None] - pose[references]).max(axis=2)
        out[part] = _least(off, alike, apart_s <= min(_NEAR_S, most_s))
        is_near = apart_s <= min(_FAR_S, most_s)
        is_common = ((turned <= _SAME_POSE) & ~is_near).mean(axis=1) >= _COMMON
        out[part] = np.where(
            is_common, np.maximum(out[part], _least(off, alike, is_near)), out[part]
        )
    return out


def _least(off: Floats, alike: Floats, is_near: Mask) -> Floats:
    """Per row the least difference and the best correlation among references that aren't near; 0 without any."""
    least = np.where(is_near, np.inf, off).min(axis=1)
    best = np.where(is_near, -1.0, alike).max(axis=1)
    summed: Floats = np.where(np.isfinite(least), np.sqrt(np.maximum(least, 0)) + 1 - best, 0.0)
    return summed


def _tidied(marked: Mask) -> Mask:
    """Runs without pinholes and without single frames, a little longer at both ends."""
    kernel = np.ones(_GAP_FRAMES + 1, dtype=np.uint8)
    row = marked.astype(np.uint8)[None]
    closed = cv2.morphologyEx(row, cv2.MORPH_CLOSE, kernel[None])
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, _LEAST_FRAMES), dtype=np.uint8))
    grown = cv2.dilate(opened, np.ones((1, 2 * _GROWN + 1), dtype=np.uint8))
    out: Mask = grown[0].astype(bool)
    return out
