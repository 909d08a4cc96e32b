"""SMPTE timecodes as exact times: HH:MM:SS:FF, and HH:MM:SS;FF where numbers are dropped (ST 12-1)."""

import re
from fractions import Fraction
from typing import Final

_TIMECODE: Final = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)([:;])(\d{2})", re.ASCII)
#: Frame numbers skipped each minute but the tenth, by nominal rate.
_DROPPED: Final = {30: 2, 60: 4}


def is_timecode(text: str) -> bool:
    """Whether it has a timecode's form; what its numbers mean needs a frame rate."""
    return _TIMECODE.fullmatch(text) is not None


def seconds_of(timecode: str, fps: Fraction) -> Fraction:
    """When the frame of that number starts, counted from 00:00:00:00 at `fps` frames a second.

    Raises ValueError with what is wrong: the form, a frame number beyond the rate, dropping at a rate that drops none,
    a number that is dropped.
    """
    match = _TIMECODE.fullmatch(timecode)
    if match is None:
        raise ValueError(f"{timecode!r} is not a timecode like 00:01:30:12")
    hours, minutes, seconds, frame = (int(match[n]) for n in (1, 2, 3, 5))
    nominal = round(fps)
    if frame >= nominal:
        raise ValueError(f"{timecode!r}: frames go up to {nominal - 1} at {float(fps):g} fps")
    total_minutes = 60 * hours + minutes
    number = (60 * total_minutes + seconds) * nominal + frame
    if match[4] == ";":
        dropped = _DROPPED.get(nominal)
        if dropped is None or fps == nominal:
            raise ValueError(f"{timecode!r}: no frame numbers are dropped at {float(fps):g} fps")
        if minutes % 10 and seconds == 0 and frame < dropped:
            raise ValueError(f"{timecode!r}: this frame number is one of those that are dropped")
        number -= dropped * (total_minutes - total_minutes // 10)
    return number / fps
