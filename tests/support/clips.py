"""Small clips made on the spot: every codec, depth, range and time grid that tests ask for, none of it anybody's."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

MEDIA = Path(os.environ.get("LIPWIRE_MEDIA", "../shared/media"))
needs_media = pytest.mark.skipif(
    not MEDIA.exists(), reason=f"no test media at {MEDIA}; LIPWIRE_MEDIA names the folder"
)


@dataclass(frozen=True)
class ClipSpec:
    """What to encode; times are in units of `time_base`."""

    encoder: str = "libx264"
    pix_fmt: str = "yuv420p"
    width: int = 192
    height: int = 128
    fps: Fraction = Fraction(25)
    frames: int = 20
    times: Sequence[int] | None = None
    time_base: Fraction | None = None
    gop: int = 12
    rotation: int = 0
    #: range, primaries, transfer, matrix
    colour: tuple[int, int, int, int] = (1, 1, 1, 1)
    has_sound: bool = True
    container: str = "mp4"


def make_clip(path: Path, spec: ClipSpec) -> Path:
    """A clip of `spec` whose frame number can be read off its top left corner with `number_of`."""
    base = spec.time_base or 1 / spec.fps
    with av.open(str(path), "w", format=spec.container) as out:
        stream = out.add_stream(spec.encoder, rate=spec.fps, options=_OPTIONS[spec.encoder])
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = spec.width, spec.height, spec.pix_fmt
        context.time_base, context.gop_size = base, spec.gop
        context.color_range, context.color_primaries = spec.colour[0], spec.colour[1]
        context.color_trc, context.colorspace = spec.colour[2], spec.colour[3]
        if spec.rotation:
            stream.set_display_rotation(spec.rotation)
        sound = out.add_stream("aac", rate=48_000, layout="mono") if spec.has_sound else None
        for number in range(spec.frames):
            frame = av.VideoFrame.from_ndarray(picture(spec, number), format="rgb24").reformat(
                format=spec.pix_fmt,
                dst_colorspace={9: 9, 1: 1}.get(spec.colour[3], 5),
                src_color_range=2,
                dst_color_range=spec.colour[0] or 1,
            )
            frame.pts = spec.times[number] if spec.times else number
            frame.time_base = base
            frame.color_range, frame.color_primaries = spec.colour[0], spec.colour[1]
            frame.color_trc, frame.colorspace = spec.colour[2], spec.colour[3]
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound is not None:
            end = (spec.times[-1] if spec.times else spec.frames) * base
            for frame in tone(float(end)):
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
    return path


_OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "4", "bf": "2"},
    "libx264rgb": {"preset": "ultrafast", "crf": "4"},
    "libx265": {"preset": "ultrafast", "crf": "6", "x265-params": "log-level=error"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "8", "b": "0"},
    "libsvtav1": {"preset": "12", "crf": "15"},
    "prores_ks": {},
}
_BLOCK = 16


def picture(spec: ClipSpec, number: int) -> np.ndarray:
    """A gradient that moves, with the number as ten black or white blocks in the first row."""
    y, x = np.mgrid[: spec.height, : spec.width]
    red = (x * 200 / spec.width + 3 * number) % 200 + 20
    green = y * 200 / spec.height + 20
    blue = (x + y) * 200 / (spec.width + spec.height) + 20
    rgb = np.stack([red, green, blue], -1)
    for bit in range(10):
        value = 235 if number >> bit & 1 else 20
        rgb[:_BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = value
    return rgb.astype(np.uint8)


def number_of(rgb: np.ndarray) -> int:
    """The number that `picture` wrote."""
    middles = [
        rgb[_BLOCK // 2, bit * _BLOCK + _BLOCK // 2].mean() > 127
        for bit in range(min(10, rgb.shape[1] // _BLOCK))
    ]
    return sum(1 << bit for bit, is_set in enumerate(middles) if is_set)


def tone(seconds: float, *, level: float = 0.3, rate: int = 48_000) -> list[av.AudioFrame]:
    """A sine of 220 Hz."""
    samples = (level * np.sin(2 * np.pi * 220 * np.arange(int(seconds * rate)) / rate)).astype(
        np.float32
    )
    frames = []
    for start in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "fltp", "mono")
        frame.sample_rate, frame.pts = rate, start
        frame.time_base = Fraction(1, rate)
        frames.append(frame)
    return frames


def make_wav(path: Path, samples: np.ndarray, *, rate: int = 16_000) -> Path:
    """Mono 16-bit."""
    import wave

    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def psnr(one: np.ndarray, other: np.ndarray, *, top: int = 255) -> float:
    """In decibels; 99 for equal arrays."""
    error = np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2)
    return 99.0 if error == 0 else float(10 * np.log10(top**2 / error))
