"""Colour as integers of ITU-T H.273, and the arithmetic between R'G'B' and Y'CbCr."""

from dataclasses import dataclass
from functools import cache

import av
import numpy as np
from numpy.typing import NDArray

UNSPECIFIED = 2
RANGE_LIMITED = 1
RANGE_FULL = 2
BT709 = 1
SMPTE170M = 6
_IDENTITY = 0

#: Matrix code -> the weights of red and blue in luma.
_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}


@dataclass(frozen=True, slots=True)
class Colour:
    """How a picture's numbers are meant: codes as found, and what they come to where they are silent."""

    range: int
    primaries: int
    transfer: int
    matrix: int
    #: The matrix to compute with; as `matrix`, or what players assume at this size.
    effective_matrix: int
    is_full_range: bool

    @classmethod
    def of_frame(cls, frame: av.VideoFrame, *, width: int, height: int, pix_fmt: str) -> "Colour":
        """Read from a decoded frame: headers before decoding are often wrong."""
        matrix = int(frame.colorspace)
        colour_range = int(frame.color_range)
        large = min(width, height) >= 720 or max(width, height) >= 1280
        assumed = BT709 if large else SMPTE170M
        if matrix == _IDENTITY:
            # R'G'B' as such is worked on as limited Y'CbCr, and has to be tagged so.
            matrix, colour_range = assumed, RANGE_LIMITED
        return cls(
            range=colour_range,
            primaries=int(getattr(frame, "color_primaries")),  # noqa: B009
            transfer=int(getattr(frame, "color_trc")),  # noqa: B009
            matrix=matrix,
            effective_matrix=matrix if matrix in _LUMA_WEIGHTS else assumed,
            is_full_range=colour_range == RANGE_FULL or pix_fmt.startswith("yuvj"),
        )


@cache
def rgb_to_yuv(matrix: int, *, is_full_range: bool, bit_depth: int) -> NDArray[np.float32]:
    """A 3x4 matrix from R'G'B' of 0..255 (and 1) to Y'CbCr code values of that depth."""
    red, blue = _LUMA_WEIGHTS[matrix]
    green = 1 - red - blue
    luma = np.array([red, green, blue])
    cb = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - blue))
    cr = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - red))
    step = 2 ** (bit_depth - 8)
    if is_full_range:
        top = 2**bit_depth - 1
        luma_span, chroma_span, black = top, top, 0
    else:
        luma_span, chroma_span, black = 219 * step, 224 * step, 16 * step
    rows = np.zeros((3, 4))
    rows[0, :3], rows[0, 3] = luma * luma_span / 255, black
    rows[1, :3], rows[1, 3] = cb * chroma_span / 255, 128 * step
    rows[2, :3], rows[2, 3] = cr * chroma_span / 255, 128 * step
    return rows.astype(np.float32)


@cache
def yuv_to_rgb(matrix: int, *, is_full_range: bool, bit_depth: int) -> NDArray[np.float32]:
    """The way back: a 3x4 matrix from code values (and 1) to R'G'B' of 0..255, unclipped."""
    there = rgb_to_yuv(matrix, is_full_range=is_full_range, bit_depth=bit_depth).astype(np.float64)
    back = np.linalg.inv(there[:, :3])
    return np.column_stack([back, -back @ there[:, 3]]).astype(np.float32)
