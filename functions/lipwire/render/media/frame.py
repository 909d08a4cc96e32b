"""One decoded picture, upright, with its time; and planes as arrays."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from lipwire.render.media.colour import RANGE_FULL, RANGE_LIMITED, Colour, yuv_to_rgb

Plane = NDArray[np.uint8] | NDArray[np.uint16]

#: Formats we edit in place: planar Y'CbCr -> (horizontal, vertical chroma step, bits).
LAYOUTS: dict[str, tuple[int, int, int]] = {
    **{
        f"yuv{j}{name}p": (sx, sy, 8)
        for j in ("", "j")
        for name, sx, sy in (("420", 2, 2), ("422", 2, 1), ("444", 1, 1))
    },
    **{
        f"yuv{name}p{bits}le": (sx, sy, bits)
        for bits in (10, 12)
        for name, sx, sy in (("420", 2, 2), ("422", 2, 1), ("444", 1, 1))
    },
}
#: Three times faster; its rounding darkens by one level, which a detector doesn't mind and a patch would show.
_QUICK = Interpolation.BILINEAR
_EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def working_format(pix_fmt: str) -> str:
    """The format of `LAYOUTS` that holds most of `pix_fmt`; itself where it is one of them."""
    if pix_fmt in LAYOUTS:
        return pix_fmt
    described = av.VideoFormat(pix_fmt, 2, 2)
    bits = max(component.bits for component in described.components)
    if described.is_rgb:
        sampling = "444"
    else:
        across, down = described.chroma_width(16), described.chroma_height(16)
        # 4:1:1 and 4:4:0 lose nothing in the next finer sampling.
        sampling = (
            ("420" if across < 16 else "444") if down < 16 else "444" if across == 16 else "422"
        )
        if down == 16 and described.name.startswith("gray"):
            sampling = "420"
    return f"yuv{sampling}p" + ("" if bits <= 8 else "10le" if bits <= 10 else "12le")


def plane_array(frame: av.VideoFrame, index: int) -> Plane:
    """The plane's own memory as an array of height x width; writing to it writes to the frame."""
    plane = frame.planes[index]
    deep = LAYOUTS[frame.format.name][2] > 8
    raw: Any = np.frombuffer(plane, dtype=np.uint16 if deep else np.uint8)
    stride = plane.line_size // (2 if deep else 1)
    rows: Plane = raw[: stride * plane.height].reshape(plane.height, stride)[:, : plane.width]
    return rows


def copied(frame: av.VideoFrame) -> av.VideoFrame:
    """A frame of our own with the same pixels: decoded ones are references of later frames."""
    fresh = av.VideoFrame(frame.width, frame.height, frame.format.name)
    for index in range(3):
        plane_array(fresh, index)[:] = plane_array(frame, index)
    return fresh


def uprighted(
    frame: av.VideoFrame,
    degrees_clockwise: int,
    *,
    fmt: str,
    size: tuple[int, int],
    colour: Colour,
    is_mirrored: bool,
) -> av.VideoFrame:
    """The picture turned and never mirrored or interlaced, in the working format, at the size the clip began with."""
    is_interlaced = frame.interlaced_frame
    if frame.format.name != fmt or (frame.width, frame.height) != size:
        matrix = _swscale_matrix(colour.effective_matrix)
        code_range = RANGE_FULL if colour.is_full_range else RANGE_LIMITED
        is_rgb = frame.format.is_rgb
        frame = frame.reformat(
            *size,
            format=fmt,
            src_colorspace=None if is_rgb else matrix,
            dst_colorspace=matrix,
            src_color_range=RANGE_FULL if is_rgb else code_range,
            dst_color_range=code_range,
            interpolation=_EXACT,
        )
    if is_interlaced:
        frame = _deinterlaced(frame)
    if degrees_clockwise == 0 and not is_mirrored:
        return frame
    turns = -degrees_clockwise // 90
    sideways = degrees_clockwise in (90, 270)
    step_x, step_y, _ = LAYOUTS[fmt]
    through = frame
    if sideways and step_x != step_y:
        through = frame.reformat(format=fmt.replace("422", "444"))
    width, height = (frame.height, frame.width) if sideways else (frame.width, frame.height)
    turned = av.VideoFrame(width, height, through.format.name)
    for index in range(3):
        rows = plane_array(through, index)
        plane_array(turned, index)[:] = np.rot90(rows[::-1] if is_mirrored else rows, turns)
    return turned if through is frame else turned.reformat(format=fmt)


def _deinterlaced(frame: av.VideoFrame) -> av.VideoFrame:
    """The first field's lines, and between them the median of the lines above, at and below the second field's.

    The vertical median filter: standing detail stays, combs go; each frame by itself, so that reading it again from
    elsewhere gives the same pixels.
    """
    whole = copied(frame)
    for index in range(3):
        rows = plane_array(whole, index)
        above, between = rows[0::2], rows[1::2]
        below = np.concatenate([above[1:], above[-1:]])[: len(between)]
        above = above[: len(between)]
        low, high = np.minimum(above, below), np.maximum(above, below)
        np.clip(between, low, high, out=between)
    return whole


@dataclass(slots=True)
class VideoFrame:
    """A source frame: `index` in presentation order, its own time and the time until the next."""

    index: int
    time_s: Fraction
    duration_s: Fraction
    #: Upright and in a working format; shared with the decoder, so never written to.
    picture: av.VideoFrame
    colour: Colour

    @property
    def width(self) -> int:
        """Upright width in pixels."""
        return self.picture.width

    @property
    def height(self) -> int:
        """Upright height in pixels."""
        return self.picture.height

    def to_rgb(self, *, quick: bool = False) -> NDArray[np.uint8]:
        """The whole picture as HxWx3 R'G'B' in its own primaries and transfer; `quick` is for looking only."""
        return _rgb(self.picture, self.colour, _QUICK if quick else _EXACT)

    def rgb_crop(self, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        """Columns x0..x1 and rows y0..y1 of `to_rgb`, converting no more than them; must lie inside."""
        if not (0 <= x0 < x1 <= self.width and 0 <= y0 < y1 <= self.height):
            raise ValueError(f"crop {(x0, y0, x1, y1)} is not inside {self.width}x{self.height}")
        step_x, step_y, bits = LAYOUTS[self.picture.format.name]
        # Whole chroma samples, and one more on each side for those between to be mixed from.
        left, top = (x0 // step_x - 1) * step_x, (y0 // step_y - 1) * step_y
        left, top = max(0, left), max(0, top)
        right = min(-(-self.width // step_x), -(-x1 // step_x) + 1) * step_x
        bottom = min(-(-self.height // step_y), -(-y1 // step_y) + 1) * step_y
        window = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        planes = [plane_array(self.picture, 0)[y0:y1, x0:x1].astype(np.float32)]
        for index in (1, 2):
            plane = plane_array(self.picture, index)
            part = plane[top // step_y : bottom // step_y, left // step_x : right // step_x]
            full = cv2.resize(part.astype(np.float32), (right - left, bottom - top))
            planes.append(full[window])
        matrix = yuv_to_rgb(
            self.colour.effective_matrix, is_full_range=self.colour.is_full_range, bit_depth=bits
        )
        rgb = cv2.transform(cv2.merge(planes), matrix)
        # Adding nothing: rounded and held within 0..255 on the way.
        return cv2.add(rgb, 0.0, dtype=cv2.CV_8U)  # type: ignore[return-value]


def _rgb(frame: av.VideoFrame, colour: Colour, how: Interpolation) -> NDArray[np.uint8]:
    converted = frame.reformat(
        format="rgb24",
        src_colorspace=_swscale_matrix(colour.effective_matrix),
        src_color_range=RANGE_FULL if colour.is_full_range else RANGE_LIMITED,
        dst_color_range=RANGE_FULL,
        interpolation=how,
    )
    return converted.to_ndarray()  # type: ignore[return-value]  # rgb24 is always uint8


def _swscale_matrix(matrix: int) -> int:
    """H.273's code in swscale's counting: 470BG and 170M are one there, and so are both of BT.2020."""
    return {6: 5, 10: 9}.get(matrix, matrix)
