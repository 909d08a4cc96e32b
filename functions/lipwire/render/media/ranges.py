"""Time ranges of a source, in ms or as timecodes, made seconds."""

from collections.abc import Sequence
from fractions import Fraction

from lipwire.domain.errors import InvalidOptionError
from lipwire.domain.options import TimeRange
from lipwire.domain.timecode import seconds_of


def ranges_of(
    wanted: Sequence[TimeRange], fps: Fraction, *, origin_s: Fraction
) -> list[tuple[Fraction, Fraction]]:
    """(start, end) in seconds from `origin_s` of the source on, in order and apart; `fps` is what timecodes count.

    Raises InvalidOptionError for a range that ends before it starts, a timecode that is none at this rate, and where
    nothing is left.
    """

    def at(moment: int | str) -> Fraction:
        if isinstance(moment, int):
            return Fraction(moment, 1000)
        try:
            return seconds_of(moment, fps)
        except ValueError as error:
            raise InvalidOptionError(f"{error}.", option="time_ranges") from error

    apart: list[tuple[Fraction, Fraction]] = []
    for start, stop in sorted((at(one.start), at(one.end)) for one in wanted):
        if start >= stop:
            raise InvalidOptionError("A time range ends before it starts.", option="time_ranges")
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], stop))
        else:
            apart.append((start, stop))
    kept = [(max(start - origin_s, Fraction(0)), stop - origin_s) for start, stop in apart]
    kept = [(start, stop) for start, stop in kept if stop > 0]
    if wanted and not kept:
        raise InvalidOptionError(
            "The time ranges hold no frame of the source.", option="time_ranges"
        )
    return kept


def within(at: Fraction, ranges: Sequence[tuple[Fraction, Fraction]]) -> bool:
    """Whether the moment lies in one of them."""
    return any(start <= at < end for start, end in ranges)
