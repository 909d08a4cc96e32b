"""Parts of a speech put together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lipwire.adapters.speech.networks.timing import Sounding, times_of
from lipwire.domain.errors import SpeechFailedError
from lipwire.ports.speech import Spoken

_LOUDEST: Final = 32767
#: Quieter than that is silence, and isn't made loud.
_SILENCE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Piece:
    """What a network makes at once: samples of -1 to 1, and when its symbols sound, where it says so."""

    samples: NDArray[np.float32]
    sounded: Sequence[Sounding] | None


def joined(pieces: Iterable[Piece], *, rate: int, pause_s: float, is_leveled: bool) -> Spoken:
    """The pieces one after the other, with pauses between.

    Raises:
        SpeechFailedError: there is no sound, or one that is none.
    """
    pause = np.zeros(round(pause_s * rate), np.float32)
    parts: list[NDArray[np.float32]] = []
    sounded: list[Sounding] = []
    at = 0
    for piece in pieces:
        if parts:
            parts.append(pause)
            at += len(pause)
        parts.append(piece.samples)
        sounded += [
            Sounding(one.symbol, one.start + at, one.end + at) for one in piece.sounded or ()
        ]
        at += len(piece.samples)
    samples = np.concatenate(parts) if parts else pause
    peak = float(np.max(np.abs(samples), initial=0))
    if not np.isfinite(peak) or peak < _SILENCE:
        raise SpeechFailedError("The voice has nothing to say to this text.")
    level = 1 / peak if is_leveled or peak > 1 else 1.0
    return Spoken(
        np.rint(samples * (level * _LOUDEST)).astype("<i2").tobytes(),
        rate,
        times_of(sounded, rate),
    )
