"""Parts of a picture as small RGB squares, converting no more of it than is looked at.

Finding faces needs neither the right colour matrix nor every pixel, so planes are resized first and converted after:
a hundredth of the work of a whole 4K frame in RGB.
"""

from typing import Protocol

import av
import cv2
import numpy as np

from lipwire.render.face.arrays import AnyArray, Pixels
from lipwire.render.media.frame import LAYOUTS, Plane, plane_array

#: Black as limited range codes it, for what lies outside of the picture.
_BLACK = (16, 128, 128)


class View(Protocol):
    """What looking for faces needs of a picture."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def square(self, x: int, y: int, side: int, *, out: int) -> Pixels:
        """The square from the even place (x, y) with an even side, as RGB of `out` x `out`, black outside."""
        ...

    def whole(self, longest: int) -> Pixels:
        """The whole picture as RGB, its longer side at most `longest` pixels."""
        ...

    def luma(self, x0: int, y0: int, x1: int, y1: int) -> Pixels:
        """Brightness of columns x0..x1 and rows y0..y1, which lie inside."""
        ...


class YuvView:
    """A decoded frame, planar Y'CbCr of any depth and sampling that the renderer works in."""

    def __init__(self, picture: av.VideoFrame) -> None:
        self._planes = tuple(plane_array(picture, index) for index in range(3))
        step_x, step_y, bits = LAYOUTS[picture.format.name]
        self._steps = ((1, 1), (step_x, step_y), (step_x, step_y))
        self._shift = bits - 8

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self._planes[0].shape
        return width, height

    def square(self, x: int, y: int, side: int, *, out: int) -> Pixels:
        """The square from the even place (x, y) with an even side, as RGB of `out` x `out`, black outside."""
        parts = []
        for plane, (sx, sy), black, size in zip(
            self._planes, self._steps, _BLACK, (out, out // 2, out // 2), strict=True
        ):
            cut = _cut(plane, x // sx, y // sy, side // sx, side // sy, black << self._shift)
            parts.append(self._reduced(cut, (size, size)))
        return _rgb(parts)

    def whole(self, longest: int) -> Pixels:
        """The whole picture as RGB, its longer side at most `longest` pixels."""
        width, height = _fitted(self.size, longest)
        sizes = ((width, height), (width // 2, height // 2), (width // 2, height // 2))
        return _rgb([self._reduced(p, s) for p, s in zip(self._planes, sizes, strict=True)])

    def luma(self, x0: int, y0: int, x1: int, y1: int) -> Pixels:
        """Brightness of columns x0..x1 and rows y0..y1, which lie inside."""
        return _shifted(self._planes[0][y0:y1, x0:x1], self._shift)

    def thumbnail(self, side: int) -> Pixels:
        """The whole picture squeezed into side x side of Y'CbCr; reads no more than some samples of each part."""
        parts = []
        for plane in self._planes:
            down, across = (max(1, length // (8 * side)) for length in plane.shape)
            parts.append(self._reduced(np.ascontiguousarray(plane[::down, ::across]), (side, side)))
        return np.stack(parts, axis=-1)

    def _reduced(self, plane: Plane, size: tuple[int, int]) -> Pixels:
        how = cv2.INTER_AREA if plane.shape[0] > size[1] else cv2.INTER_CUBIC
        return _shifted(cv2.resize(plane, size, interpolation=how), self._shift)


class RgbView:
    """A still picture."""

    def __init__(self, rgb: Pixels) -> None:
        self._rgb = rgb

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._rgb.shape[1], self._rgb.shape[0]

    def square(self, x: int, y: int, side: int, *, out: int) -> Pixels:
        """The square from the even place (x, y) with an even side, as RGB of `out` x `out`, black outside."""
        cut = _cut(self._rgb, x, y, side, side, 0)
        how = cv2.INTER_AREA if side > out else cv2.INTER_CUBIC
        return np.ascontiguousarray(cv2.resize(cut, (out, out), interpolation=how), dtype=np.uint8)

    def whole(self, longest: int) -> Pixels:
        """The whole picture as RGB, its longer side at most `longest` pixels."""
        size = _fitted(self.size, longest)
        return np.asarray(cv2.resize(self._rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def luma(self, x0: int, y0: int, x1: int, y1: int) -> Pixels:
        """Brightness of columns x0..x1 and rows y0..y1, which lie inside."""
        cut = np.ascontiguousarray(self._rgb[y0:y1, x0:x1])
        return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size, shrunk to `longest` and made even."""
    scale = min(1.0, longest / max(size))
    width, height = (max(2, round(side * scale / 2) * 2) for side in size)
    return width, height


def _shifted(plane: Plane, bits: int) -> Pixels:
    return (plane >> bits if bits else plane).astype(np.uint8, copy=False)


def _rgb(planes: list[Pixels]) -> Pixels:
    joined = np.concatenate([plane.reshape(-1) for plane in planes])
    height, width = planes[0].shape
    i420 = joined.reshape(height * 3 // 2, width)
    return np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), dtype=np.uint8)


def _cut(plane: AnyArray, x: int, y: int, wide: int, high: int, fill: int) -> AnyArray:
    """A rectangle of the plane, `fill` where it leaves it."""
    height, width = plane.shape[:2]
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + wide, width), min(y + high, height)
    if (x0, y0, x1, y1) == (x, y, x + wide, y + high):
        return plane[y0:y1, x0:x1]
    cut = np.full((high, wide, *plane.shape[2:]), fill, dtype=plane.dtype)
    if x1 > x0 and y1 > y0:
        cut[y0 - y : y1 - y, x0 - x : x1 - x] = plane[y0:y1, x0:x1]
    return cut
