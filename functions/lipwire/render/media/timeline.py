"""When each frame shows, when a clip is played to and fro to fill a longer voice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Slot:
    """One output frame: which source frame lies under it, from when and for how long."""

    canvas: int
    time_s: Fraction
    duration_s: Fraction


def to_and_fro(count: int, source_frames: int) -> Iterator[int]:
    """0, 1, … n-1, n-2, … 0, 1, …: `count` indices, the ends not repeated."""
    period = max(1, 2 * (source_frames - 1))
    for position in range(count):
        phase = position % period
        yield phase if phase < source_frames else period - phase


def bounce(
    times_s: Sequence[Fraction], durations_s: Sequence[Fraction], *, until_s: Fraction
) -> tuple[Slot, ...]:
    """The frames that start before `until_s`, the clip being played to and fro as long as needed.

    The first pass keeps the clip's own times; every later frame starts when the one before has had its own duration.
    """
    if not times_s:
        return ()
    slots: list[Slot] = []
    clock = times_s[0]
    for position, canvas in enumerate(_endless(len(times_s))):
        if position < len(times_s):
            clock = times_s[position]
        if clock >= until_s:
            break
        slots.append(Slot(canvas, clock, durations_s[canvas]))
        clock += durations_s[canvas]
    return tuple(slots)


def _endless(source_frames: int) -> Iterator[int]:
    while True:
        yield from to_and_fro(max(1, 2 * (source_frames - 1)), source_frames)
