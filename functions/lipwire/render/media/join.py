"""Parts of an output, rendered side by side, made one file: packets are copied, nothing is encoded anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream


class SeamError(Exception):
    """The parts don't fit together: other encoder settings, a frame lost, doubled or out of time."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part's file, how many frames it must hold, and when its clock's 0 is on the output's clock."""

    path: Path
    frames: int
    begins_s: Fraction


@dataclass(frozen=True, slots=True)
class Joined:
    """What was written, counted."""

    frames: int
    duration_s: Fraction


@dataclass(frozen=True, slots=True)
class _Times:
    """Of every frame in decoding order, in ticks of the output: when it is shown, and when the last one ends."""

    shown: list[int]
    end: int


def join(parts: Sequence[Part], output: Path) -> Joined:
    """The frames of all parts in order at their exact times, beside the first part's sound, as an MP4.

    Decoding times are set anew over the whole: each part's own begin before its first frame is shown.

    Raises SeamError when the parts are not what one render would have made.
    """
    base = _common_base(parts)
    times = _times(parts, base)
    decoded = _decoding_times(times.shown)
    begin = min(times.shown)
    with (
        av.open(str(parts[0].path)) as first,
        av.open(str(output), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        made.metadata.update(first.metadata)
        stream = _copied_stream(made, first.streams.video[0])
        sound = _Sound(first, made) if first.streams.audio else None
        shown = iter(zip(times.shown, decoded, strict=True))
        final = len(decoded) - 1
        for number, packet in enumerate(chain.from_iterable(_packets(part.path) for part in parts)):
            packet.pts, packet.dts = next(shown)
            packet.duration = (
                decoded[number + 1] - packet.dts
                if number < final
                # MP4 counts a track's length in decoding order, where the last packet is rarely the last shown.
                else max(1, times.end - begin - (packet.dts - decoded[0]))
            )
            packet.time_base = base
            packet.stream = stream
            if sound is not None:
                sound.mux(until_s=packet.pts * base)
            made.mux_one(packet)
        if sound is not None:
            sound.mux(until_s=None)
    return Joined(len(decoded), times.end * base)


def _common_base(parts: Sequence[Part]) -> Fraction:
    """The time base that all parts share, as they do everything that an encoder is told."""
    looks = []
    for part in parts:
        with av.open(str(part.path)) as opened:
            stream = opened.streams.video[0]
            context = stream.codec_context
            looks.append(
                (
                    stream.time_base,
                    context.name,
                    context.extradata,
                    context.width,
                    context.height,
                    context.pix_fmt,
                )
            )
    if any(look != looks[0] for look in looks):
        raise SeamError("the parts were encoded in different ways")
    base = looks[0][0]
    if base is None:
        raise SeamError("the parts tell no time")
    return Fraction(base)


def _times(parts: Sequence[Part], base: Fraction) -> _Times:
    shown: list[int] = []
    latest = -1
    for part in parts:
        offset = part.begins_s / base
        if offset.denominator != 1:
            raise SeamError(f"a part begins between two ticks of 1/{base.denominator} s")
        own = [packet.pts + offset.numerator for packet in _packets(part.path)]
        if len(own) != part.frames:
            raise SeamError(f"a part holds {len(own)} frames and not {part.frames}")
        if any(later <= earlier for earlier, later in pairwise([latest, *sorted(own)])):
            raise SeamError("two frames are shown at the same time, or in another order")
        latest = max(own)
        shown += own
    with av.open(str(parts[-1].path)) as last:
        stream = last.streams.video[0]
        length = (stream.start_time or 0) + (stream.duration or 0)
    return _Times(shown, length + round(parts[-1].begins_s / base))


def _decoding_times(shown: Sequence[int]) -> list[int]:
    """Rising, none later than its frame is shown: the sorted times, moved by the depth of the reordering."""
    ordered = sorted(shown)
    depth = 0
    for number, time in enumerate(shown):
        while ordered[max(0, number - depth)] > time:
            depth += 1
    # Before the first frame, steps as long as the first ones after it.
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 1
    early = [ordered[0] - step * (depth - number) for number in range(min(depth, len(ordered)))]
    return [*early, *ordered[: len(ordered) - depth]]


def _packets(path: Path) -> Iterator[Packet]:
    """A part's picture in decoding order."""
    with av.open(str(path)) as opened:
        for packet in opened.demux(opened.streams.video[0]):
            if packet.size and packet.pts is not None:
                yield packet


def _copied_stream(made: OutputContainer, template: Stream) -> Stream:
    # Named by its decoder, which for AV1 is no encoder's name: nothing is looked up by it.
    stream = made.add_stream_from_template(template, opaque=True)
    stream.metadata.update(template.metadata)
    if template.codec_context.name == "hevc":
        # Apple's players know HEVC in MP4 by this tag only.
        stream.codec_context.codec_tag = "hvc1"
    return stream


class _Sound:
    """The first part's sound, which is the whole output's."""

    def __init__(self, first: InputContainer, made: OutputContainer) -> None:
        template = first.streams.audio[0]
        self._made = made
        self._stream = _copied_stream(made, template)
        self._packets = (packet for packet in first.demux(template) if packet.size)
        self._next = next(self._packets, None)

    def mux(self, *, until_s: Fraction | None) -> None:
        """All sound that starts by then is in the file; all of it for None."""
        while self._next is not None:
            packet = self._next
            if until_s is not None and (packet.pts or 0) * packet.time_base > until_s:
                return
            packet.stream = self._stream
            self._made.mux_one(packet)
            self._next = next(self._packets, None)
