"""Which source frame shows when, what is heard when, and where the mouth may change."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lipwire.domain.errors import InvalidOptionError
from lipwire.domain.options import (
    JobOptions,
    OriginalSound,
    SpeakingOrder,
    WhenLonger,
    WhenShorter,
)
from lipwire.render.media.ranges import ranges_of, within

#: A whole fraction of the clip's rate this near below a limit is taken instead of the limit.
_EVEN_ENOUGH = Fraction(9, 10)


#: Of so many frames in a row, those that follow sooner on average are left out: faster than any display.
_BURST, _SHORTEST_S = 8, Fraction(1, 250)


class Origin(StrEnum):
    """Where a piece of sound comes from."""

    VOICE = "voice"
    SECOND_VOICE = "second_voice"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Slot:
    """One output frame: which source frame lies under it, from when, for how long, and whether its mouth may change."""

    canvas: int
    time_s: Fraction
    duration_s: Fraction
    is_edited: bool = True


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """`duration_s` of `origin` from `from_s` on, heard from `at_s` of the output on."""

    origin: Origin
    from_s: Fraction
    at_s: Fraction
    duration_s: Fraction
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole output, before any frame is decoded."""

    slots: tuple[Slot, ...]
    sound: tuple[SoundPiece, ...]
    #: When each voice begins, and how long it lasts.
    voices: tuple[tuple[Fraction, Fraction], ...]
    #: Frames per second where they are even by design; None keeps the clip's own times.
    rate: Fraction | None = None

    @property
    def end_s(self) -> Fraction:
        """When the last frame ends."""
        return self.slots[-1].time_s + self.slots[-1].duration_s

    @property
    def canvas(self) -> NDArray[np.intp]:
        """The source frame under each slot."""
        return np.array([slot.canvas for slot in self.slots], dtype=np.intp)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """The slots' starts in seconds."""
        return np.array([float(slot.time_s) for slot in self.slots])

    @property
    def edited(self) -> NDArray[np.bool_]:
        """Slots in which the mouth may change."""
        return np.array([slot.is_edited for slot in self.slots], dtype=bool)

    def moments(self, voice: int = 0) -> NDArray[np.float64]:
        """Where in that voice each slot is, in seconds; NaN where it is not heard."""
        begin, length = self.voices[voice]
        moments = self.times_s - float(begin)
        moments[(moments < 0) | (moments >= float(length)) | ~self.edited] = np.nan
        return moments

    def part(self, start_s: Fraction, end_s: Fraction) -> range:
        """Numbers of the slots that start in [start_s, end_s)."""
        starts = [slot.time_s for slot in self.slots]
        first, last = (bisect_right(starts, at - Fraction(1, 10**9)) for at in (start_s, end_s))
        return range(first, last)


def plan_timeline(
    starts: Sequence[Fraction],
    durations: Sequence[Fraction],
    *,
    voices_s: Sequence[Fraction],
    options: JobOptions,
    fps: Fraction,
) -> Timeline:
    """The timeline of a clip with frames at `starts`, each for its duration, and one or two voices of these lengths.

    `fps` is the clip's average rate. Without options the first pass keeps the clip's own times, variable ones too.

    Raises InvalidOptionError when trimming or ranges leave nothing, or a timecode is none at this rate.
    """
    picture = _trimmed(starts, durations, options)
    voices = _placed(voices_s, options)
    voice_end = max(begin + length for begin, length in voices)
    ranges = ranges_of(options.time_ranges, fps, origin_s=picture.origin_s)
    slots = _slots(picture, voice_end, fps, options, is_whole=bool(ranges))
    # Set where the voice ends the output, None where the picture does.
    spoken_until = None if ranges else _spoken_until(picture, voice_end, options)
    if ranges:
        slots = [
            replace(slot, is_edited=within(slot.time_s + slot.duration_s / 2, ranges))
            for slot in slots
        ]
    if options.max_duration_ms is not None:
        end = Fraction(options.max_duration_ms, 1000)
        slots = [
            replace(slot, duration_s=min(slot.duration_s, end - slot.time_s))
            for slot in slots
            if slot.time_s < end
        ]
        if spoken_until is not None and end < spoken_until:
            spoken_until = None
    slots = _thinned(slots)
    if not slots:
        raise InvalidOptionError(
            "These options leave no frame of the source.", option="max_duration"
        )
    # After the cut: what is left may hold none of them.
    if not any(slot.is_edited for slot in slots):
        raise InvalidOptionError(
            "The time ranges hold no frame of the source that is shown.", option="time_ranges"
        )
    rate = _rate(options, fps)
    if rate is not None:
        slots = _resampled(
            slots, rate, voice_end=voice_end, ends_with_voice=spoken_until is not None
        )
    elif spoken_until is not None and _is_remapped(picture, spoken_until, options):
        rate = fps
    end_s = slots[-1].time_s + slots[-1].duration_s
    pieces = list(_voice_pieces(voices, end_s, ranges))
    pieces += _source_pieces(picture, end_s, ranges, options)
    return Timeline(tuple(slots), tuple(pieces), voices, rate)


def portrait_timeline(*, voices_s: Sequence[Fraction], options: JobOptions, fps: int) -> Timeline:
    """A still picture for as long as its voices, at a constant rate."""
    voices = _placed(voices_s, options)
    end = max(begin + length for begin, length in voices)
    if options.max_duration_ms is not None:
        end = min(end, Fraction(options.max_duration_ms, 1000))
    rate = Fraction(options.fps or fps)
    if options.max_fps is not None:
        rate = min(rate, Fraction(options.max_fps))
    count = max(1, -(-end * rate // 1))
    slots = tuple(Slot(0, k / rate, 1 / rate) for k in range(count))
    return Timeline(slots, tuple(_voice_pieces(voices, count / rate, [])), voices, rate)


@dataclass(frozen=True, slots=True)
class _Picture:
    """The trimmed clip: its frames with times from the trim on; `origin_s` is where in the source 0 lies."""

    slots: tuple[Slot, ...]
    origin_s: Fraction

    @property
    def end_s(self) -> Fraction:
        return self.slots[-1].time_s + self.slots[-1].duration_s


def _trimmed(
    starts: Sequence[Fraction], durations: Sequence[Fraction], options: JobOptions
) -> _Picture:
    """Whole frames: those whose middle lies between the trims, from the first one's start on."""
    begin = Fraction(options.trim_start_ms or 0, 1000)
    end = None if options.trim_end_ms is None else Fraction(options.trim_end_ms, 1000)
    kept = [
        k
        for k, (start, duration) in enumerate(zip(starts, durations, strict=True))
        if begin <= start + duration / 2 and (end is None or start + duration / 2 < end)
    ]
    if not kept:
        last = float(starts[-1] + durations[-1])
        raise InvalidOptionError(
            f"Trimming leaves no frame: the source ends at {last:.3f} s.", option="trim"
        )
    # A picture that starts late stays late by what the trim leaves of the wait.
    origin = starts[kept[0]] if kept[0] else min(begin, starts[0])
    return _Picture(tuple(Slot(k, starts[k] - origin, durations[k]) for k in kept), origin)


def _placed(
    lengths: Sequence[Fraction], options: JobOptions
) -> tuple[tuple[Fraction, Fraction], ...]:
    """(begin, length) of each voice; of two, the first is the left one's.

    One of which the start is left out begins before the output does.
    """
    zero, order = Fraction(0), options.speaking_order
    if len(lengths) == 1:
        start = Fraction(options.speech_start_ms or 0, 1000)
        if start and start >= lengths[0]:
            raise InvalidOptionError(
                f"The voice ends at {float(lengths[0]):.3f} s, before `speech_start`.",
                option="speech_start",
            )
        return ((-start, lengths[0]),)
    if order is SpeakingOrder.TOGETHER:
        return tuple((zero, length) for length in lengths)
    left, right = lengths
    if order is SpeakingOrder.LEFT_FIRST:
        return ((zero, left), (left, right))
    return ((right, left), (zero, right))


def _slots(
    picture: _Picture, voice_end: Fraction, fps: Fraction, options: JobOptions, *, is_whole: bool
) -> list[Slot]:
    """The clip played once, more than once, slower or not to its end."""
    once, how = picture.slots, options.when_shorter
    if is_whole or how is WhenShorter.SILENCE:
        return list(once)
    if picture.end_s >= voice_end:
        if options.when_longer is WhenLonger.KEEP:
            return list(once)
        if _is_remapped(picture, voice_end, options):
            return _remapped(picture, voice_end, fps)
        return [slot for slot in once if slot.time_s < voice_end]
    if how is WhenShorter.CUT_OFF:
        return list(once)
    if _is_remapped(picture, voice_end, options):
        return _remapped(picture, voice_end, fps)
    return list(_repeated(once, voice_end, how))


def _repeated(once: tuple[Slot, ...], until: Fraction, how: WhenShorter) -> Iterator[Slot]:
    """The first pass at its own times, the later ones each frame for its own duration, until the voice ends.

    A pass of `bounce` is played to its end.
    """
    back = once[-2::-1] if len(once) > 1 else once
    clock = once[0].time_s
    pass_number = 0
    while clock < until:
        frames = once if how is WhenShorter.LOOP or pass_number % 2 == 0 else back
        if how is not WhenShorter.LOOP and pass_number and pass_number % 2 == 0 and len(once) > 1:
            frames = once[1:]
        for slot in frames:
            if pass_number == 0:
                clock = slot.time_s
            if clock >= until and how is not WhenShorter.BOUNCE:
                return
            yield replace(slot, time_s=clock)
            clock += slot.duration_s
        pass_number += 1


def _remapped(picture: _Picture, voice_end: Fraction, fps: Fraction) -> list[Slot]:
    """The whole clip at the voice's length, at its own rate: frames stand longer or are left out, none is mixed."""
    begin = picture.slots[0].time_s
    factor = (picture.end_s - begin) / (voice_end - begin)
    starts = [slot.time_s for slot in picture.slots]
    count = -(-(voice_end - begin) * fps // 1)
    slots = []
    for k in range(count):
        time = begin + k / fps
        shown = bisect_right(starts, begin + (time - begin) * factor) - 1
        slots.append(Slot(picture.slots[max(shown, 0)].canvas, time, 1 / fps))
    return slots


def _thinned(slots: list[Slot]) -> list[Slot]:
    """Without frames that nobody could see: a burst of them would cost as much as minutes of video."""
    kept: list[Slot] = []
    for slot in slots:
        is_burst = len(kept) >= _BURST and slot.time_s - kept[-_BURST].time_s < _BURST * _SHORTEST_S
        if is_burst:
            end = slot.time_s + slot.duration_s
            kept[-1] = replace(kept[-1], duration_s=end - kept[-1].time_s)
        else:
            kept.append(slot)
    return kept


def _is_remapped(picture: _Picture, spoken_until: Fraction, options: JobOptions) -> bool:
    """Whether the clip is played slower or faster, to end with the voice."""
    if spoken_until > picture.end_s:
        return options.when_shorter is WhenShorter.REMAP
    is_longer = picture.slots[0].time_s < spoken_until < picture.end_s
    return is_longer and options.when_longer is WhenLonger.REMAP


def _rate(options: JobOptions, fps: Fraction) -> Fraction | None:
    """The constant rate that is asked for, None where the clip's own times stay."""
    rate = Fraction(options.fps) if options.fps is not None else None
    now, limit = rate or fps, options.max_fps
    if limit is None or now <= limit:
        return rate
    # Every second frame of 59.94 for 30: no frame stands out of step, and the rate stays below the limit.
    every = now / -(-now // limit)
    return every if every >= limit * _EVEN_ENOUGH else Fraction(limit)


def _spoken_until(picture: _Picture, voice_end: Fraction, options: JobOptions) -> Fraction | None:
    """When the voice ends the output; None where the picture does."""
    how = options.when_shorter
    if how is WhenShorter.SILENCE:
        return None
    if voice_end <= picture.end_s:
        return None if options.when_longer is WhenLonger.KEEP else voice_end
    return None if how in (WhenShorter.CUT_OFF, WhenShorter.BOUNCE) else voice_end


def _resampled(
    slots: list[Slot], rate: Fraction, *, voice_end: Fraction, ends_with_voice: bool
) -> list[Slot]:
    """At a constant rate the frame nearest in time, the earlier of two; a voice that fits the output is heard out."""
    begin, end = slots[0].time_s, slots[-1].time_s + slots[-1].duration_s
    count = spoken = -int((begin - voice_end) * rate // 1)
    if not ends_with_voice:
        whole = round((end - begin) * rate)
        count = max(whole, spoken) if voice_end <= end else whole
    edges = [(one.time_s + other.time_s) / 2 for one, other in pairwise(slots)]
    made = []
    for tick in range(max(1, count)):
        time = begin + tick / rate
        shown = slots[bisect_left(edges, time)]
        made.append(Slot(shown.canvas, time, 1 / rate, shown.is_edited))
    return made


def _voice_pieces(
    voices: tuple[tuple[Fraction, Fraction], ...],
    end_s: Fraction,
    ranges: list[tuple[Fraction, Fraction]],
) -> Iterator[SoundPiece]:
    """The voices as far as the output lasts; within the ranges only, where there are any."""
    origins = (Origin.VOICE, Origin.SECOND_VOICE)
    for origin, (begin, length) in zip(origins, voices, strict=False):
        for start, stop in ranges or [(Fraction(0), end_s)]:
            first, last = max(start, begin, Fraction(0)), min(stop, begin + length, end_s)
            if first < last:
                yield SoundPiece(origin, first - begin, first, last - first)


def _source_pieces(
    picture: _Picture,
    end_s: Fraction,
    ranges: list[tuple[Fraction, Fraction]],
    options: JobOptions,
) -> list[SoundPiece]:
    """The clip's own sound: whole outside the ranges, and softly below the voice where it is to be mixed.

    It is heard while the clip is played forwards at its own speed: once, and again in each pass of a loop.
    """
    origin, whole = picture.origin_s, min(picture.end_s, end_s)
    pieces = []
    if ranges:
        edges = [Fraction(0)]
        for start, stop in ranges:
            edges += [min(start, whole), min(stop, whole)]
        edges.append(whole)
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if start < stop:
                pieces.append(SoundPiece(Origin.SOURCE, origin + start, start, stop - start))
    if options.original_sound is OriginalSound.MIX:
        gain = options.original_volume
        inside = [(start, min(stop, whole)) for start, stop in ranges]
        for start, stop in inside or [(Fraction(0), whole)]:
            if start < stop:
                pieces.append(SoundPiece(Origin.SOURCE, origin + start, start, stop - start, gain))
        length = picture.end_s - picture.slots[0].time_s
        if not ranges and options.when_shorter is WhenShorter.LOOP:
            at = picture.end_s
            while at < end_s:
                heard = min(length, end_s - at)
                begin = origin + picture.slots[0].time_s
                pieces.append(SoundPiece(Origin.SOURCE, begin, at, heard, gain))
                at += length
    return pieces
