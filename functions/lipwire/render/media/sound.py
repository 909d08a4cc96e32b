"""Reading the voice: samples that start at time 0 and stay in step with the file's own clock."""

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from lipwire.domain.errors import CorruptMediaError, SilentSpeechError
from lipwire.render.media.formats import open_media, sound_stream, stream_origin

#: Smaller steps are rounding of time stamps, larger holes than the second are broken ones.
_HOLE_MIN_S = 0.02
_HOLE_MAX_S = 30.0
_MAX_BAD_PACKETS = 50


class Sound:
    """The first sound stream of a file, resampled; read as often as needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def channels(self) -> int:
        """1 for a mono file, 2 for any other."""
        with self._path.open("rb") as file, open_media(file) as (opened, _):
            return 1 if _stream(opened).codec_context.channels == 1 else 2

    def length_s(self) -> Fraction | None:
        """As announced, None where the file doesn't say."""
        with self._path.open("rb") as file, open_media(file) as (opened, _):
            stream = _stream(opened)
            if stream.duration is not None and stream.time_base is not None:
                return stream.duration * stream.time_base
            return None if opened.duration is None else Fraction(opened.duration, av.time_base)

    def chunks(self, *, rate: int, channels: int) -> Generator[NDArray[np.float32], None, None]:
        """Samples as (channels, n) of -1..1, silence standing where the file has holes.

        Raises:
            SilentSpeechError: the file has no sound stream.
            CorruptMediaError: too much of it can't be decoded.
        """
        layout = "mono" if channels == 1 else "stereo"
        resampler, shape = AudioResampler("fltp", layout, rate), None
        for frame in self._steady_frames():
            if shape not in (None, _shape(frame)):
                yield from _arrays(resampler.resample(None))
                resampler = AudioResampler("fltp", layout, rate)
            shape = _shape(frame)
            yield from _arrays(resampler.resample(frame))
        if shape is None:
            raise CorruptMediaError("Not one sound sample can be decoded.")
        yield from _arrays(resampler.resample(None))

    def samples(self, *, rate: int) -> NDArray[np.float32]:
        """The whole sound, mono."""
        return np.concatenate([chunk[0] for chunk in self.chunks(rate=rate, channels=1)])

    def _steady_frames(self) -> Iterator[AudioFrame]:
        """Decoded frames without time stamps, holes filled and overlaps dropped, from time 0 on."""
        bad = 0
        with self._path.open("rb") as file, open_media(file) as (opened, _):
            stream = _stream(opened)
            origin = stream_origin(opened)
            clock = 0.0
            packets = opened.demux(stream)
            while True:
                try:
                    packet = next(packets, None)
                    if packet is None:
                        return
                    frames = packet.decode()
                except FFmpegError as exc:
                    bad += 1
                    if bad > _MAX_BAD_PACKETS:
                        raise CorruptMediaError from exc
                    packets = opened.demux(stream)
                    continue
                for frame in frames:
                    length = frame.samples / frame.sample_rate
                    if frame.pts is not None and frame.time_base is not None:
                        hole = float(frame.pts * frame.time_base - origin) - clock
                        if hole < -max(length / 2, _HOLE_MIN_S):
                            continue
                        if _HOLE_MIN_S < hole < _HOLE_MAX_S:
                            yield _silence(frame, round(hole * frame.sample_rate))
                            clock += hole
                    clock += length
                    frame.pts = None
                    yield frame


def _stream(opened: InputContainer) -> AudioStream:
    stream = sound_stream(opened)
    if stream is None:
        raise SilentSpeechError("The voice file has no sound that we read.")
    return stream


def _shape(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.layout.name, frame.format.name


def _silence(like: AudioFrame, samples: int) -> AudioFrame:
    frame = AudioFrame(like.format.name, like.layout.name, samples)
    # Unsigned 8-bit sound rests at its middle, every other format at zero.
    rest = b"\x80" if like.format.name.startswith("u8") else b"\x00"
    for plane in frame.planes:
        plane.update(rest * plane.buffer_size)
    frame.sample_rate = like.sample_rate
    return frame


def _arrays(frames: list[av.AudioFrame]) -> Iterator[NDArray[np.float32]]:
    for frame in frames:
        yield frame.to_ndarray()
