"""Writing a result: the source's look kept, the patch composited, the voice as its sound."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.packet import Packet
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lipwire.render.media.colour import RANGE_FULL, RANGE_LIMITED
from lipwire.render.media.composite import composite
from lipwire.render.media.frame import VideoFrame, copied, plane_array
from lipwire.render.media.look import EncoderSettings, Look, look_of, plain_look, reduced, timed
from lipwire.render.media.mix import SoundMix
from lipwire.render.media.patch import RgbPatch
from lipwire.render.media.soundtrack import SoundTrack
from lipwire.render.media.source import SourceInfo
from lipwire.render.media.stamp import Stamp

_COVER_QUALITY = 90
#: x265 counts frames side by side, on all cores whatever their number.
_THREADS = {"libx264": 4, "libx265": 2, "libvpx-vp9": 4, "libsvtav1": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkReport:
    """What was written, counted."""

    frames: int
    width: int
    height: int
    fps: Fraction
    duration_s: Fraction
    codec: str
    pix_fmt: str
    warnings: tuple[str, ...]


class VideoSink:
    """An MP4 in the making; `close` ends it, leaving the block on an error does not."""

    def __init__(
        self,
        path: Path,
        *,
        sound: Path | SoundMix | None,
        like: SourceInfo | None = None,
        width: int | None = None,
        height: int | None = None,
        fps: Fraction | None = None,
        rate: Fraction | None = None,
        short_side: int | None = None,
        settings: EncoderSettings | None = None,
        mark: str | None = None,
    ) -> None:
        """A video like the source `like`, or of a size and rate of its own; `sound` None leaves it mute.

        `rate` is a constant rate in place of the source's; a picture whose shorter side is longer than `short_side`
        pixels is reduced to it. `mark` is written as the file's comment, in place of the source's, and every picture
        bears a mark that everybody sees.
        """
        settings = settings or EncoderSettings()
        self._warnings: list[str] = []
        look, warnings = (
            plain_look(width, height, fps, settings) if like is None else look_of(like, settings)
        )
        self._look = timed(reduced(look, short_side), rate)
        self._warnings.extend(warnings)
        look = self._look
        self._container = av.open(
            str(path), mode="w", format="mp4", options={"movflags": "+faststart"}
        )
        self._container.metadata.update(look.metadata)
        if mark is not None:
            self._container.metadata["comment"] = mark
        self._stamp = (
            None
            if mark is None
            else Stamp(
                look.width,
                look.height,
                look.pix_fmt,
                is_full_range=look.colour.is_full_range,
            )
        )
        self._video = self._add_video(look)
        self._track = None if sound is None else SoundTrack(self._container, sound)
        self._durations: dict[int, int] = {}
        self._waiting: deque[Packet] = deque()
        #: Presentation and decoding time of the first packet.
        self._first: tuple[int, int] | None = None
        self._latest: int | None = None
        self._latest_duration = 0
        self._frames = 0
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._track is not None:
            self._track.close()
        if not self._is_closed:
            self._container.close()
            self._is_closed = True

    def write(self, frame: VideoFrame, patch: RgbPatch | None, time_s: Fraction) -> None:
        """The source frame shows at `time_s`, the patch laid over it; all other samples reach the encoder unchanged."""
        patches = () if patch is None else (patch,)
        self.put(self.drawn(frame, patches), time_s, frame.duration_s)

    def drawn(
        self, frame: VideoFrame, patches: Sequence[RgbPatch], *, is_fitted: bool = True
    ) -> av.VideoFrame:
        """The source frame with the patches laid over it, as the encoder wants it; from any thread."""
        picture = copied(frame.picture)
        for patch in patches:
            composite(picture, patch, frame.colour)
        return self._fitting(picture) if is_fitted else picture

    def on_tick(self, time_s: Fraction) -> Fraction:
        """The time as this file can tell it; what is moved by such a time keeps its exact distance to all others."""
        base = self._look.time_base
        return round(time_s / base) * base

    def put(self, picture: av.VideoFrame, time_s: Fraction, duration_s: Fraction) -> None:
        """A picture of `drawn` shows from `time_s` on; in rising order."""
        self._encode(picture, time_s, duration_s)

    def write_rgb(self, rgb: NDArray[np.uint8], time_s: Fraction) -> None:
        """An HxWx3 picture shows at `time_s`; an odd last row or column is left out."""
        self._encode(self.from_rgb(rgb), time_s, 1 / self._look.fps)

    def from_rgb(self, rgb: NDArray[np.uint8]) -> av.VideoFrame:
        """An HxWx3 picture as the encoder wants it; from any thread."""
        look = self._look
        odd = rgb.shape[0] % 2, rgb.shape[1] % 2
        even = np.ascontiguousarray(rgb[: rgb.shape[0] - odd[0], : rgb.shape[1] - odd[1]])
        return av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
            look.width,
            look.height,
            format=look.pix_fmt,
            src_color_range=RANGE_FULL,
            dst_color_range=RANGE_FULL if look.colour.is_full_range else RANGE_LIMITED,
            dst_colorspace=look.colour.effective_matrix,
            interpolation=Interpolation.AREA,
        )

    def close(self) -> SinkReport:
        """The file is complete: all frames, the whole voice, index in front."""
        self._note_latest_duration()
        self._waiting.extend(self._video.encode(None))
        self._mux_ready(is_last=True)
        if self._track is not None:
            self._track.mux(until_s=None)
        self._container.close()
        self._is_closed = True
        look = self._look
        end = (
            (self._latest + self._latest_duration) * look.time_base
            if self._latest is not None
            else 0
        )
        return SinkReport(
            frames=self._frames,
            width=look.width,
            height=look.height,
            fps=look.fps,
            duration_s=Fraction(end),
            codec=look.encoder,
            pix_fmt=look.pix_fmt,
            warnings=tuple(self._warnings),
        )

    def _add_video(self, look: Look) -> VideoStream:
        stream: VideoStream = self._container.add_stream(
            look.encoder, rate=look.fps, options=dict(look.options)
        )
        if look.language:
            stream.metadata["language"] = look.language
        context = stream.codec_context
        context.width, context.height = look.width, look.height
        context.pix_fmt = look.pix_fmt
        context.time_base = look.time_base
        context.sample_aspect_ratio = look.aspect
        # Encoders cut pictures by threads: a number that followed the machine would give other bytes on another one.
        context.thread_count = _THREADS[look.encoder]
        context.color_range = look.colour.range
        context.color_primaries = look.colour.primaries
        context.color_trc = look.colour.transfer
        context.colorspace = look.colour.matrix
        if look.encoder == "libx265":
            # Apple's players know HEVC in MP4 by this tag only.
            context.codec_tag = "hvc1"
        return stream

    def _encode(self, picture: av.VideoFrame, time_s: Fraction, duration_s: Fraction) -> None:
        look = self._look
        picture = self._fitting(picture)
        if self._stamp is not None:
            picture = self._stamp.on(picture)
        pts = round(time_s / look.time_base)
        if self._latest is not None:
            if pts <= self._latest:
                raise ValueError("output times must rise")
            self._latest_duration = pts - self._latest
            self._note_latest_duration()
        self._latest = pts
        self._latest_duration = max(1, round(duration_s / look.time_base))
        picture.pts, picture.time_base = pts, look.time_base
        picture.color_range = look.colour.range
        picture.color_primaries = look.colour.primaries
        picture.color_trc = look.colour.transfer
        picture.colorspace = look.colour.matrix
        self._waiting.extend(self._video.encode(picture))
        self._frames += 1
        self._mux_ready()

    def _fitting(self, picture: av.VideoFrame) -> av.VideoFrame:
        look = self._look
        if picture.format.name == look.pix_fmt and (picture.width, picture.height) == (
            look.width,
            look.height,
        ):
            return picture
        return _fitted(picture, look)

    def _note_latest_duration(self) -> None:
        if self._latest is not None:
            self._durations[self._latest] = self._latest_duration

    def _mux_ready(self, *, is_last: bool = False) -> None:
        """Packets leave in decoding order, each with its true duration, the sound beside them."""
        while self._waiting and self._waiting[0].pts in self._durations:
            if len(self._waiting) == 1 and not is_last:
                return
            packet = self._waiting.popleft()
            pts, dts = packet.pts or 0, packet.dts or 0
            if self._first is None:
                self._first = (pts, dts)
            packet.duration = self._durations.pop(pts)
            if is_last and not self._waiting and self._latest is not None:
                # MP4 counts a track's length in decoding order, where the last packet is rarely the last shown.
                shown = self._latest + self._latest_duration - self._first[0]
                packet.duration = max(1, shown - (dts - self._first[1]))
            if self._track is not None:
                self._track.mux(until_s=pts * self._look.time_base)
            self._container.mux_one(packet)


def cover(rgb: NDArray[np.uint8]) -> bytes:
    """The picture as a JPEG file."""
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _COVER_QUALITY]
    )
    if not done:
        raise ValueError("the picture can't be written as JPEG")
    return encoded.tobytes()


def _fitted(picture: av.VideoFrame, look: Look) -> av.VideoFrame:
    """The picture in the encoder's format and size; an odd last row or column is left out, not squeezed."""
    if picture.width > look.width + 1 or picture.height > look.height + 1:
        return picture.reformat(
            look.width, look.height, format=look.pix_fmt, interpolation=Interpolation.BICUBIC
        )
    if picture.format.name != look.pix_fmt:
        picture = picture.reformat(format=look.pix_fmt)
    if (picture.width, picture.height) == (look.width, look.height):
        return picture
    cut = av.VideoFrame(look.width, look.height, look.pix_fmt)
    for index in range(3):
        target = plane_array(cut, index)
        target[:] = plane_array(picture, index)[: target.shape[0], : target.shape[1]]
    return cut
