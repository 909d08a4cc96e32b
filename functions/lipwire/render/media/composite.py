"""Laying a patch into the planes of a frame, leaving every other sample as it was."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from lipwire.render.media.colour import Colour, rgb_to_yuv
from lipwire.render.media.frame import LAYOUTS, plane_array
from lipwire.render.media.patch import RgbPatch

_Float = NDArray[np.float32]


def composite(frame: av.VideoFrame, patch: RgbPatch, colour: Colour) -> None:
    """`frame`, which must be our own copy, shows the patch where its alpha says so.

    Blending happens in the frame's own Y'CbCr at its own depth. A chroma sample that the patch covers in part gets
    that part; samples the patch does not touch keep their exact value.
    """
    step_x, step_y, bits = LAYOUTS[frame.format.name]
    placed = _place(patch, frame.width, frame.height, step_x, step_y)
    if placed is None:
        return
    x, y, rgb, alpha = placed
    matrix = rgb_to_yuv(colour.effective_matrix, is_full_range=colour.is_full_range, bit_depth=bits)
    yuv = cv2.transform(rgb, matrix)
    top = 2**bits - 1
    _blend(plane_array(frame, 0), x, y, yuv[..., 0] * alpha, alpha, top)
    covered = _box(alpha, step_x, step_y)
    for index in (1, 2):
        drawn = _box(yuv[..., index] * alpha, step_x, step_y)
        _blend(plane_array(frame, index), x // step_x, y // step_y, drawn, covered, top)


def _place(
    patch: RgbPatch, width: int, height: int, step_x: int, step_y: int
) -> tuple[int, int, _Float, _Float] | None:
    """The patch cut to the frame, then grown to whole chroma samples by transparent pixels."""
    rows, columns = patch.alpha.shape
    if patch.rgb.shape != (rows, columns, 3):
        raise ValueError(f"rgb is {patch.rgb.shape}, alpha {patch.alpha.shape}")
    x0, y0 = max(patch.x, 0), max(patch.y, 0)
    x1, y1 = min(patch.x + columns, width), min(patch.y + rows, height)
    if x0 >= x1 or y0 >= y1:
        return None
    window = np.s_[y0 - patch.y : y1 - patch.y, x0 - patch.x : x1 - patch.x]
    rgb = patch.rgb[window].astype(np.float32)
    alpha = patch.alpha[window].astype(np.float32)
    if patch.alpha.dtype == np.uint8:
        alpha /= 255
    before = (y0 % step_y, x0 % step_x)
    after = (-y1 % step_y, -x1 % step_x)
    if any(before) or any(after):
        # Beyond an odd edge there is no picture: the last pixel alone owns that chroma sample.
        at_edge = (y1 == height, x1 == width)
        edges = [
            (before[0], 0 if at_edge[0] else after[0]),
            (before[1], 0 if at_edge[1] else after[1]),
        ]
        rgb, alpha = np.pad(rgb, [*edges, (0, 0)]), np.pad(alpha, edges)
        repeats = [(0, after[0] if at_edge[0] else 0), (0, after[1] if at_edge[1] else 0)]
        rgb, alpha = np.pad(rgb, [*repeats, (0, 0)], "edge"), np.pad(alpha, repeats, "edge")
    return x0 - before[1], y0 - before[0], rgb, alpha


def _box(full: _Float, step_x: int, step_y: int) -> _Float:
    """Means over whole chroma samples."""
    if step_x == 1 and step_y == 1:
        return full
    size = (full.shape[1] // step_x, full.shape[0] // step_y)
    return cv2.resize(full, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _blend(
    plane: NDArray[np.uint8] | NDArray[np.uint16],
    x: int,
    y: int,
    drawn: _Float,
    covered: _Float,
    top: int,
) -> None:
    rows = min(covered.shape[0], plane.shape[0] - y)
    columns = min(covered.shape[1], plane.shape[1] - x)
    view = plane[y : y + rows, x : x + columns]
    mixed = view * (1 - covered[:rows, :columns]) + drawn[:rows, :columns]
    view[:] = np.clip(np.rint(mixed), 0, top)
