"""Frames as arrays: crops that equal the whole, formats that hold what came, fields woven into one picture."""

from fractions import Fraction

import numpy as np
import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.media.colour import Colour
from lipwire.render.media.composite import composite
from lipwire.render.media.frame import (
    LAYOUTS,
    VideoFrame,
    copied,
    plane_array,
    uprighted,
    working_format,
)
from lipwire.render.media.patch import RgbPatch
from tests.support.clips import psnr


def a_frame(pix_fmt: str, *, width: int = 101, height: int = 75) -> VideoFrame:
    """Waves in every plane, within limited range."""
    picture = av.VideoFrame(width, height, pix_fmt)
    bits = LAYOUTS[pix_fmt][2]
    for index in range(3):
        plane = plane_array(picture, index)
        y, x = np.mgrid[: plane.shape[0], : plane.shape[1]] * (75 / plane.shape[0])
        plane[:] = (125 + 40 * np.sin(x / 9 + index) * np.cos(y / 11)) * 2 ** (bits - 8)
    colour = Colour(1, 1, 1, 1, 1, is_full_range=pix_fmt.startswith("yuvj"))
    return VideoFrame(0, Fraction(0), Fraction(1, 25), picture, colour)


@pytest.mark.parametrize("pix_fmt", sorted(LAYOUTS))
def test_a_crop_is_the_same_wherever_it_is_cut(pix_fmt: str) -> None:
    """Cut alone or out of a larger crop, at odd places and at the edges: equal to the last bit, and true."""
    frame = a_frame(pix_fmt)
    whole = frame.rgb_crop(0, 0, 101, 75)
    assert psnr(whole, frame.to_rgb()) > 38
    for x0, y0, x1, y1 in ((0, 0, 7, 5), (13, 11, 40, 32), (50, 33, 101, 75), (100, 74, 101, 75)):
        assert (frame.rgb_crop(x0, y0, x1, y1) == whole[y0:y1, x0:x1]).all()


@pytest.mark.parametrize("pix_fmt", sorted(LAYOUTS))
def test_nothing_laid_over_changes_nothing(pix_fmt: str) -> None:
    """A patch that is transparent, in whole or beyond its middle, moves no sample there, at any depth."""
    frame = a_frame(pix_fmt)
    fresh = copied(frame.picture)
    alpha = np.zeros((30, 40), np.float32)
    composite(fresh, RgbPatch(20, 20, np.full((30, 40, 3), 255, np.uint8), alpha), frame.colour)
    for index in range(3):
        assert (plane_array(fresh, index) == plane_array(frame.picture, index)).all()
    alpha[10:20, 10:30] = 1
    composite(fresh, RgbPatch(20, 20, np.full((30, 40, 3), 255, np.uint8), alpha), frame.colour)
    moved = plane_array(fresh, 0) != plane_array(frame.picture, 0)
    rows, columns = np.nonzero(moved)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 39, 30, 49)


@pytest.mark.parametrize(
    ("pix_fmt", "expected"),
    [
        ("yuv420p", "yuv420p"),
        ("nv12", "yuv420p"),
        ("p010le", "yuv420p10le"),
        ("yuv411p", "yuv422p"),
        ("yuv440p", "yuv444p"),
        ("yuva422p10le", "yuv422p10le"),
        ("yuva444p12le", "yuv444p12le"),
        ("yuv444p16le", "yuv444p12le"),
        ("nv16", "yuv422p"),
        ("rgb24", "yuv444p"),
        ("gbrp10le", "yuv444p10le"),
        ("gray", "yuv420p"),
        ("gray10le", "yuv420p10le"),
    ],
)
def test_no_sample_is_lost_to_the_working_format(pix_fmt: str, expected: str) -> None:
    """Depth and sampling are the same or finer, up to 12 bits."""
    assert working_format(pix_fmt) == expected


def test_combs_are_woven_away() -> None:
    """Where two fields disagree the first one's lines decide; where they agree nothing changes."""
    still = a_frame("yuv420p").picture
    smooth = plane_array(still, 0).copy()
    options = {"preset": "ultrafast", "qp": "0", "x264-params": "tff=1"}
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 96, 64, "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, 25), options
    combed = av.VideoFrame(96, 64, "yuv420p")
    for index in range(3):
        plane = plane_array(combed, index)
        plane[:] = 128
    plane_array(combed, 0)[:] = smooth[:64, :96]
    plane_array(combed, 0)[1::2, 40:50] = 235
    packets = [*encoder.encode(combed), *encoder.encode(None)]
    decoder = av.CodecContext.create("h264", "r")
    decoded = [frame for packet in packets for frame in decoder.decode(packet)]
    decoded += decoder.decode(None)
    assert decoded[0].interlaced_frame
    colour = Colour(1, 1, 1, 1, 1, is_full_range=False)
    woven = uprighted(decoded[0], 0, fmt="yuv420p", size=(96, 64), colour=colour, is_mirrored=False)
    luma = plane_array(woven, 0).astype(int)
    assert luma[:, 40:50].max() < 180
    assert (luma[0::2] == smooth[:64:2, :96]).all()
    assert np.abs(luma[:, :40] - smooth[:64, :40]).max() <= 4
