"""Laying a patch into the planes of a frame, leaving every other sample as it was."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from lipwire.render.media.colour import Colour, rgb_to_yuv
from lipwire.render.media.frame import LAYOUTS, Plane, plane_array
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
    planes = cv2.split(cv2.transform(rgb, matrix))
    top = 2**bits - 1
    for index, drawn in enumerate(planes):
        sx, sy = (step_x, step_y) if index else (1, 1)
        if index < 2:
            covered = _box(alpha, sx, sy)
            kept = cv2.subtract(1.0, covered)
        weighted = _box(cv2.multiply(drawn, alpha), sx, sy)
        _blend(plane_array(frame, index), x // sx, y // sy, weighted, kept, top)


def _place(
    patch: RgbPatch, width: int, height: int, step_x: int, step_y: int
) -> tuple[int, int, _Float, _Float] | None:
    """The patch's visible part cut to the frame, then grown to whole chroma samples by transparent pixels."""
    rows, columns = patch.alpha.shape
    if patch.rgb.shape != (rows, columns, 3):
        raise ValueError(f"rgb is {patch.rgb.shape}, alpha {patch.alpha.shape}")
    left, up, across, down = cv2.boundingRect((patch.alpha > 0).astype(np.uint8))
    x0, y0 = max(patch.x + left, 0), max(patch.y + up, 0)
    x1, y1 = min(patch.x + left + across, width), min(patch.y + up + down, height)
    if x0 >= x1 or y0 >= y1:
        return None
    window = np.s_[y0 - patch.y : y1 - patch.y, x0 - patch.x : x1 - patch.x]
    before = (y0 % step_y, x0 % step_x)
    size = (y1 - y0, x1 - x0)
    whole = (before[0] + size[0] + -y1 % step_y, before[1] + size[1] + -x1 % step_x)
    rgb, alpha = np.zeros((*whole, 3), np.float32), np.zeros(whole, np.float32)
    inner = np.s_[before[0] : before[0] + size[0], before[1] : before[1] + size[1]]
    rgb[inner], alpha[inner] = patch.rgb[window], patch.alpha[window]
    if patch.alpha.dtype == np.uint8:
        alpha /= 255
    # Beyond an odd edge there is no picture: the last pixel alone owns that chroma sample.
    if y1 == height and y1 % step_y:
        rgb[-1], alpha[-1] = rgb[-2], alpha[-2]
    if x1 == width and x1 % step_x:
        rgb[:, -1], alpha[:, -1] = rgb[:, -2], alpha[:, -2]
    return x0 - before[1], y0 - before[0], rgb, alpha


def _box(full: _Float, step_x: int, step_y: int) -> _Float:
    """Means over whole chroma samples."""
    if step_x == 1 and step_y == 1:
        return full
    size = (full.shape[1] // step_x, full.shape[0] // step_y)
    return cv2.resize(full, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _blend(plane: Plane, x: int, y: int, weighted: _Float, kept: _Float, top: int) -> None:
    """`plane` x `kept` + `weighted`, rounded: exactly the plane where nothing is laid over it."""
    rows = min(kept.shape[0], plane.shape[0] - y)
    columns = min(kept.shape[1], plane.shape[1] - x)
    view = plane[y : y + rows, x : x + columns]
    mixed = cv2.multiply(view, kept[:rows, :columns], dtype=cv2.CV_32F)
    depth = cv2.CV_8U if plane.dtype == np.uint8 else cv2.CV_16U
    rounded = cv2.add(mixed, weighted[:rows, :columns], dtype=depth)
    view[:] = rounded if top == 255 else cv2.min(rounded, float(top))
