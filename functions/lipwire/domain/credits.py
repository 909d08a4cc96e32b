"""Money: integer milli-credits, and what a render costs."""

from fractions import Fraction
from typing import NewType

#: One credit is 1,000 of these. Never a float, anywhere.
Millicredits = NewType("Millicredits", int)

#: Owners are told when less than this is left: a minute of output where a second costs a credit.
LOW_BALANCE = Millicredits(60_000)

#: Held when a job is created before its voice has been looked into; `ValidateSources` fits it to the real length.
PROVISIONAL_SECONDS = 5


def price_of_frames(frames: int, fps: Fraction, *, per_second: int) -> Millicredits:
    """The price of that many frames, rounded up to a whole milli-credit."""
    seconds = Fraction(frames) / fps
    return Millicredits(-((-seconds * per_second).__floor__()))


def price_of_time(duration_ms: int, *, per_second: int) -> Millicredits:
    """The price of an output of that length, rounded up to a whole milli-credit."""
    return Millicredits(-(-duration_ms * per_second // 1000))


def price_of_duration(duration_ms: int, *, per_second: int) -> Millicredits:
    """An upper bound for a voice of that length: one second more than it lasts covers any frame rounding."""
    return Millicredits(-(-(duration_ms + 1000) * per_second // 1000))
