"""Reading a clip: frames with their true times, forwards, and to and fro."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from lipwire.domain.errors import CorruptMediaError, UnsupportedMediaError
from lipwire.render.media.colour import Colour
from lipwire.render.media.extras import Extras, is_mirrored
from lipwire.render.media.formats import (
    MAX_PIXELS,
    Container,
    clockwise,
    limit_decoder,
    open_media,
    picture_stream,
    stream_origin,
)
from lipwire.render.media.frame import LAYOUTS, VideoFrame, uprighted, working_format

#: Frames held while a clip is read backwards; fewer where they are large.
MAX_BLOCK_FRAMES = 64
MAX_BLOCK_BYTES = 256 * 2**20
#: Of announced frames; below it the file is cut off. Edit lists and rounding stay well above.
_LEAST_DECODED = Fraction(9, 10)
_FALLBACK_RATE = Fraction(25)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What a clip is, its colours read from a decoded frame."""

    width: int
    height: int
    coded_width: int
    coded_height: int
    #: Degrees clockwise by which decoded pictures were turned to stand upright.
    rotation: int
    #: Whether they were mirrored before that.
    is_mirrored: bool
    sample_aspect_ratio: Fraction
    fps: Fraction
    time_base: Fraction
    #: As announced by the container, or estimated from its duration.
    frame_count: int
    duration_s: Fraction
    #: Of the first frame, after all streams were shifted so that the earliest starts at 0.
    start_s: Fraction
    pix_fmt: str
    #: The format frames are handed out in; `pix_fmt` unless that is one we don't edit.
    working_pix_fmt: str
    bit_depth: int
    colour: Colour
    codec: str
    container: str
    has_alpha: bool
    has_audio: bool
    extras: Extras


@dataclass(slots=True)
class _Stamp:
    pts: int
    #: Known once the frame was decoded.
    is_key: bool


class VideoSource:
    """A clip on disk; iterate its frames as often as needed, several iterations at once included."""

    def __init__(self, path: Path, *, max_pixels: int = MAX_PIXELS) -> None:
        self._path = path
        self._max_pixels = max_pixels
        self._info: SourceInfo | None = None
        self._origin = Fraction(0)
        #: Of every frame in presentation order; known after the first whole pass.
        self._stamps: tuple[_Stamp, ...] = ()
        self._last_duration = Fraction(0)

    def __enter__(self) -> Self:
        self._info = self._look()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stamps = ()

    @property
    def info(self) -> SourceInfo:
        """What the clip is."""
        if self._info is None:
            raise RuntimeError("the source is not open")
        return self._info

    def frames(self) -> Iterator[VideoFrame]:
        """Every frame in presentation order.

        Raises:
            CorruptMediaError: too much of it can't be decoded, or the file ends before its announced end.
        """
        stamps: list[_Stamp] = []
        held: av.VideoFrame | None = None
        for picture in self._decode():
            if held is not None:
                yield self._frame(held, len(stamps) - 1, until=picture.pts)
            stamps.append(_Stamp(picture.pts, picture.key_frame))
            held = picture
        if held is None:
            raise CorruptMediaError("Not one frame can be decoded.")
        self._refuse_cut_off(held, len(stamps))
        self._stamps = tuple(stamps)
        self._last_duration = self._own_duration(held)
        yield self._frame(held, len(stamps) - 1, until=None)

    def times(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
        """Start and duration of every frame; decodes the clip once if no pass has been made yet."""
        stamps = self._known_stamps()
        starts = tuple(self._seconds(stamp.pts) for stamp in stamps)
        ends = (*starts[1:], starts[-1] + self._last_duration)
        return starts, tuple(end - start for start, end in zip(starts, ends, strict=True))

    def expect(self, starts: Sequence[Fraction], durations: Sequence[Fraction]) -> None:
        """What an earlier pass found: start and duration of every frame, so that none has to be made again."""
        base = self.info.time_base
        self._stamps = tuple(_Stamp(round((at + self._origin) / base), False) for at in starts)
        self._last_duration = durations[-1]

    def play(self, canvases: Sequence[int]) -> Iterator[VideoFrame]:
        """The frames of these numbers in this order: forwards, backwards, repeated, skipping.

        Decoding begins near the first wanted frame of each run; never more than a block of frames is held.

        Raises CorruptMediaError when the file decodes differently than before.
        """
        for run in _runs(canvases):
            if len(run) > 1 and run[-1] < run[0]:
                frames = self._backwards(run[0] + 1, down_to=run[-1])
            else:
                frames = self._forwards(run[0], run[-1])
            wanted = iter(run)
            number = next(wanted, None)
            for frame in frames:
                while number == frame.index:
                    yield frame
                    number = next(wanted, None)

    def _forwards(self, first: int, last: int) -> Iterator[VideoFrame]:
        """Frames first … last."""
        stamps = self._known_stamps()
        numbers = {stamps[n].pts: n for n in range(first, last + 1)}
        # A seek may land late (open GOPs, broken indexes): then read from the start.
        for seek_to in (stamps[first].pts, None) if first else (None,):
            expected = first
            for picture in self._decode(seek_to=seek_to):
                number = numbers.get(picture.pts)
                if number != expected:
                    if number is not None and number > expected:
                        break
                    continue
                stamps[number].is_key = bool(picture.key_frame)
                until = stamps[number + 1].pts if number + 1 < len(stamps) else None
                yield self._frame(picture, number, until=until)
                expected += 1
                if expected > last:
                    return
            if expected > first:
                break
        raise CorruptMediaError("The file decodes differently when it is read again.")

    def _backwards(self, stop: int, *, down_to: int = 0) -> Iterator[VideoFrame]:
        """Frames stop-1 … down_to, a block at a time; each block is decoded from the key frame before it."""
        stamps = self._known_stamps()
        info = self.info
        step_x, step_y, bits = LAYOUTS[info.working_pix_fmt]
        samples = info.width * info.height * (1 + Fraction(2, step_x * step_y))
        picture_bytes = int(samples * (2 if bits > 8 else 1))
        block = max(8, min(MAX_BLOCK_FRAMES, MAX_BLOCK_BYTES // picture_bytes))
        while stop > down_to:
            start = max(down_to, stop - block)
            # Begin at a key frame where one lies in the block, so that no frame is decoded twice.
            keys = [n for n in range(start, stop) if stamps[n].is_key]
            if keys and keys[0] > start and stop - keys[0] >= block // 2:
                start = keys[0]
            yield from reversed(self._block(start, stop))
            stop = start

    def _block(self, start: int, stop: int) -> list[VideoFrame]:
        stamps = self._known_stamps()
        wanted = {stamps[n].pts: n for n in range(start, stop)}
        for seek_to in (stamps[start].pts, None):
            found: dict[int, av.VideoFrame] = {}
            for picture in self._decode(seek_to=seek_to):
                if picture.pts in wanted:
                    found[wanted[picture.pts]] = picture
                if picture.pts >= stamps[stop - 1].pts:
                    break
            # A seek may land late (open GOPs, broken indexes): then read from the start.
            if len(found) == len(wanted):
                return [
                    self._frame(
                        found[n], n, until=stamps[n + 1].pts if n + 1 < len(stamps) else None
                    )
                    for n in range(start, stop)
                ]
        raise CorruptMediaError("The file decodes differently when it is read again.")

    def _known_stamps(self) -> tuple[_Stamp, ...]:
        if not self._stamps:
            for _ in self.frames():
                pass
        return self._stamps

    def _decode(self, *, seek_to: int | None = None) -> Iterator[av.VideoFrame]:
        """Decoded pictures with strictly rising times, bad packets skipped up to a limit."""
        limit = max(8, self.info.frame_count // 20)
        bad = 0
        latest: int | None = None
        with self._path.open("rb") as file, ExitStack() as stack:
            opened, stream, container = self._open(file, stack)
            stored: list[int] | None = [] if container.name == "avi" else None
            if seek_to is not None:
                opened.seek(seek_to, stream=stream)
            packets = opened.demux(stream)
            while True:
                try:
                    packet = next(packets, None)
                    if packet is None:
                        return
                    if stored is not None and packet.pts is not None:
                        heappush(stored, packet.pts)
                    pictures = packet.decode()
                except FFmpegError as exc:
                    bad += 1
                    if bad > limit:
                        raise CorruptMediaError from exc
                    packets = opened.demux(stream)
                    continue
                for picture in pictures:
                    if stored:
                        # AVI numbers frames in decoding order; shown they are in the order of those numbers.
                        picture.pts = heappop(stored)
                    if picture.pts is None or (latest is not None and picture.pts <= latest):
                        continue
                    latest = picture.pts
                    yield picture

    def _open(
        self, file: BinaryIO, stack: ExitStack
    ) -> tuple[InputContainer, VideoStream, Container]:
        opened, container = stack.enter_context(open_media(file, max_pixels=self._max_pixels))
        stream = picture_stream(opened)
        if stream is None:
            raise UnsupportedMediaError("The file has no picture that we read.")
        limit_decoder(stream, max_pixels=self._max_pixels)
        stream.thread_type = "AUTO"
        return opened, stream, container

    def _frame(self, picture: av.VideoFrame, index: int, *, until: int | None) -> VideoFrame:
        start = self._seconds(picture.pts)
        end = start + self._own_duration(picture) if until is None else self._seconds(until)
        info = self.info
        upright = uprighted(
            picture,
            info.rotation,
            fmt=info.working_pix_fmt,
            size=(info.coded_width, info.coded_height),
            colour=info.colour,
            is_mirrored=info.is_mirrored,
        )
        return VideoFrame(index, start, end - start, upright, info.colour)

    def _seconds(self, pts: int) -> Fraction:
        return pts * self.info.time_base - self._origin

    def _own_duration(self, picture: av.VideoFrame) -> Fraction:
        return picture.duration * self.info.time_base or 1 / self.info.fps

    def _refuse_cut_off(self, last: av.VideoFrame, decoded: int) -> None:
        info = self.info
        end = self._seconds(last.pts) + self._own_duration(last)
        if end < info.duration_s * _LEAST_DECODED and decoded < info.frame_count * _LEAST_DECODED:
            raise CorruptMediaError(
                f"The file announces {info.frame_count} frames and holds {decoded}.",
                announced=info.frame_count,
                decoded=decoded,
            )

    def _look(self) -> SourceInfo:
        with self._path.open("rb") as file, ExitStack() as stack:
            opened, stream, container = self._open(file, stack)
            time_base = stream.time_base
            if time_base is None:
                raise CorruptMediaError
            self._origin = stream_origin(opened)
            first = _first_picture(opened, stream)
            fmt = first.format.name
            rotation = clockwise(first)
            sideways = rotation in (90, 270)
            width, height = (first.height, first.width) if sideways else (first.width, first.height)
            aspect = stream.sample_aspect_ratio or Fraction(1)
            fps = stream.average_rate or stream.guessed_rate or _FALLBACK_RATE
            duration = _duration(opened, stream, fps)
            return SourceInfo(
                width=width,
                height=height,
                coded_width=first.width,
                coded_height=first.height,
                rotation=rotation,
                # Asked of one picture only: PyAV ties a frame whose side data was read into a reference cycle, and
                # each would stay in memory until the collector's next round.
                is_mirrored=is_mirrored(first),
                sample_aspect_ratio=1 / aspect if sideways else aspect,
                fps=fps,
                time_base=time_base,
                frame_count=stream.frames or int(duration * fps),
                duration_s=duration,
                start_s=first.pts * time_base - self._origin,
                pix_fmt=fmt,
                working_pix_fmt=working_format(fmt),
                bit_depth=max(part.bits for part in first.format.components),
                colour=Colour.of_frame(first, width=width, height=height, pix_fmt=fmt),
                codec=stream.codec_context.codec.canonical_name,
                container=container.name,
                has_alpha=fmt.startswith(("yuva", "rgba", "bgra", "argb", "gbrap"))
                or stream.metadata.get("alpha_mode") == "1",
                has_audio=bool(opened.streams.audio),
                extras=Extras.of(opened, stream, first),
            )


def _first_picture(opened: InputContainer, stream: VideoStream) -> av.VideoFrame:
    packets = opened.demux(stream)
    for _ in range(64):
        try:
            packet = next(packets, None)
            if packet is None:
                break
            for picture in packet.decode():
                if picture.pts is not None:
                    return picture
        except FFmpegError:
            packets = opened.demux(stream)
    raise CorruptMediaError("Not one frame can be decoded.")


def _duration(opened: InputContainer, stream: VideoStream, fps: Fraction) -> Fraction:
    """The picture's own announced length; the container's where the stream has none of its own."""
    if stream.duration is not None and stream.time_base is not None:
        return stream.duration * stream.time_base
    if opened.duration is not None:
        return Fraction(opened.duration, av.time_base)
    return stream.frames / fps


def _runs(canvases: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut where the direction changes; a frame that repeats belongs to the run it stands in."""
    begin, direction = 0, 0
    for k in range(1, len(canvases)):
        step = canvases[k] - canvases[k - 1]
        if step == 0:
            continue
        if direction and (step > 0) != (direction > 0):
            yield canvases[begin:k]
            begin, direction = k, 0
        else:
            direction = step
    if canvases:
        yield canvases[begin:]
