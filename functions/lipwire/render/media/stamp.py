"""A mark that everybody sees, on pictures that are not for publication."""

from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from lipwire.render.media.frame import LAYOUTS, copied, plane_array

_TEXT: Final = "LIPWIRE TEST"
_ANGLE_DEG: Final = 30
#: Of the picture's shorter side.
_LETTER_HEIGHT: Final = 0.04
#: How much of a pixel is the letter's white, or the black of its edge: a face below it can still be judged.
_WHITE, _BLACK = 0.4, 0.3


class Stamp:
    """Rows of slanting words over the whole picture: what is cropped is marked too."""

    def __init__(self, width: int, height: int, pix_fmt: str, *, is_full_range: bool) -> None:
        """For planar YUV pictures of this size and format."""
        step_x, step_y, bits = LAYOUTS[pix_fmt]
        letters, edges = (_words(width, height, thickness=one) for one in (1, 3))
        low, high = (0, 255) if is_full_range else (16, 235)
        levels = low << bits - 8, high << bits - 8, 1 << bits - 1
        white, black = letters * _WHITE, np.maximum(edges - letters, 0) * _BLACK
        rows, columns = -(-height // step_y), -(-width // step_x)
        small = [
            cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA) for one in (white, black)
        ]
        luma = _Blend(1 - white - black, white * levels[1] + black * levels[0])
        chroma = _Blend(1 - small[0] - small[1], (small[0] + small[1]) * levels[2])
        self._planes = luma, chroma, chroma

    def on(self, picture: av.VideoFrame) -> av.VideoFrame:
        """A copy of the picture with the mark on it."""
        marked = copied(picture)
        for index, blend in enumerate(self._planes):
            plane = plane_array(marked, index)
            plane[:] = np.rint(plane * blend.keep + blend.add).astype(plane.dtype)
        return marked


class _Blend:
    """What stays of each pixel, and what is added to it."""

    def __init__(self, keep: NDArray[np.float32], add: NDArray[np.float32]) -> None:
        self.keep = keep.astype(np.float32)
        self.add = add.astype(np.float32)


def _words(width: int, height: int, *, thickness: int) -> NDArray[np.float32]:
    """0 to 1: where the letters are, their strokes so many times the thinnest."""
    letter = max(8, round(min(width, height) * _LETTER_HEIGHT))
    # Hershey's simplex letters are 21 pixels high.
    scale, thinnest = letter / 21, max(1, letter // 9)
    (word, _), _ = cv2.getTextSize(_TEXT, cv2.FONT_HERSHEY_SIMPLEX, scale, thinnest)
    side = int(np.hypot(width, height)) + 2
    canvas = np.zeros((side, side), np.uint8)
    for row, y in enumerate(range(letter, side + letter, 6 * letter)):
        shift = -(row % 2) * (word + 5 * letter) // 2
        for x in range(shift, side, word + 5 * letter):
            cv2.putText(
                canvas,
                _TEXT,
                (x, y),
                cv2.FONT_HERSHEY_SIMPLEX,
                scale,
                255,
                thinnest * thickness,
                cv2.LINE_AA,
            )
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), _ANGLE_DEG, 1.0)
    turn[:, 2] += (width - side) / 2, (height - side) / 2
    turned = cv2.warpAffine(canvas, turn, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(turned, dtype=np.float32) / 255
