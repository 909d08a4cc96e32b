"""Mouth shapes from CMU PocketSphinx's phone decoder and the US English model in its wheel.

It hears every language as English phones: lip closures and vowel colour survive that far better than words would.
Every voice is heard twice, each time with some noise: the model knows telephones and rooms, and takes the clean
consonants of a synthetic or well-gated voice for silence. Where the two differ, the answer is a mixture.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lipwire.render.speech.allphone import PhoneDecoder
from lipwire.render.speech.loudness import log_power, quiet_cuts
from lipwire.render.speech.model import HOP
from lipwire.render.speech.visemes import Viseme

#: One utterance for the decoder, whose memory and mean normalisation want an end.
_LONGEST_PIECE_FRAMES = 2_000
#: The decoder's frames look 25.6 ms ahead of their number; their middle is this many frames later.
_DELAY_FRAMES = 2

#: (decibels below the voice, seed of the noise) of each hearing. Measured with three, on eight espeak-ng languages: m/b/p
#: recall 0.11 without noise, 0.64 with; opening r 0.46 and 0.74. On a real speaker nothing is lost.
_HEARINGS = ((20, 1), (30, 3))
#: Of one sample of the noise that stays in the next: it falls with frequency as rooms do.
_NOISE_COLOUR = 0.95
_BLOCK = 256

#: ARPAbet -> shapes in the order they are made, each a mixture.
_PHONES: dict[str, tuple[dict[Viseme, float], ...]] = {
    "AA": ({Viseme.A: 1.0},),
    "AE": ({Viseme.A: 0.6, Viseme.E: 0.4},),
    "AH": ({Viseme.SCHWA: 0.6, Viseme.A: 0.4},),
    "AO": ({Viseme.O: 0.7, Viseme.A: 0.3},),
    "AW": ({Viseme.A: 1.0}, {Viseme.O: 0.3, Viseme.W: 0.7}),
    "AY": ({Viseme.A: 1.0}, {Viseme.I: 0.7, Viseme.E: 0.3}),
    "B": ({Viseme.PBM: 1.0},),
    "CH": ({Viseme.CH: 1.0},),
    "D": ({Viseme.T: 1.0},),
    "DH": ({Viseme.TH: 1.0},),
    "EH": ({Viseme.E: 1.0},),
    "ER": ({Viseme.R: 0.7, Viseme.SCHWA: 0.3},),
    "EY": ({Viseme.E: 1.0}, {Viseme.I: 0.7, Viseme.E: 0.3}),
    "F": ({Viseme.FV: 1.0},),
    "G": ({Viseme.K: 1.0},),
    "IH": ({Viseme.I: 0.6, Viseme.E: 0.4},),
    "IY": ({Viseme.I: 1.0},),
    "JH": ({Viseme.CH: 1.0},),
    "K": ({Viseme.K: 1.0},),
    "L": ({Viseme.L: 1.0},),
    "M": ({Viseme.PBM: 1.0},),
    "N": ({Viseme.T: 1.0},),
    "NG": ({Viseme.K: 1.0},),
    "OW": ({Viseme.O: 1.0}, {Viseme.W: 0.7, Viseme.O: 0.3}),
    "OY": ({Viseme.O: 1.0}, {Viseme.I: 0.7, Viseme.E: 0.3}),
    "P": ({Viseme.PBM: 1.0},),
    "R": ({Viseme.R: 1.0},),
    "S": ({Viseme.S: 1.0},),
    "SH": ({Viseme.CH: 1.0},),
    "T": ({Viseme.T: 1.0},),
    "TH": ({Viseme.TH: 1.0},),
    "UH": ({Viseme.W: 0.4, Viseme.SCHWA: 0.6},),
    "UW": ({Viseme.W: 1.0},),
    "V": ({Viseme.FV: 1.0},),
    "W": ({Viseme.W: 1.0},),
    "Y": ({Viseme.I: 1.0},),
    "Z": ({Viseme.S: 1.0},),
    "ZH": ({Viseme.CH: 1.0},),
}
_SILENCE: tuple[dict[Viseme, float], ...] = ({Viseme.SILENCE: 1.0},)


class PocketSphinxModel:
    """What PocketSphinx hears, as mouth shapes."""

    name = "pocketsphinx-en-us-5.1.1"
    hedges = True

    def __init__(self, before_each: Callable[[], None] = lambda: None) -> None:
        """`before_each` is called before each piece of a hearing, at most 20 s; what it raises ends the hearing."""
        self._decoder = PhoneDecoder()
        self._before_each = before_each

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`: the mean of all hearings."""
        rows = np.zeros((-(-len(samples) // HOP), len(Viseme)), np.float32)
        level = _level(samples)
        cuts = quiet_cuts(samples, longest=_LONGEST_PIECE_FRAMES)
        for first, last in pairwise(cuts):
            piece = samples[first * HOP : last * HOP]
            for below, seed in _HEARINGS:
                noisy = piece + _noise(len(piece), level * 10 ** (-below / 20), (seed, first))
                self._add(rows[first:last], self._shapes(noisy))
        rows[rows.sum(axis=1) == 0, Viseme.SILENCE] = 1.0
        return rows / rows.sum(axis=1, keepdims=True)

    @staticmethod
    def _add(
        rows: NDArray[np.float32], shapes: Iterator[tuple[int, int, dict[Viseme, float]]]
    ) -> None:
        for start, stop, shape in shapes:
            begin = start + _DELAY_FRAMES if start else 0
            for viseme, weight in shape.items():
                rows[begin : stop + _DELAY_FRAMES, viseme] += weight

    def _shapes(self, piece: NDArray[np.float32]) -> Iterator[tuple[int, int, dict[Viseme, float]]]:
        """(first frame, frame after the last, mixture), in order."""
        segments = self._segments(piece)
        spoken = [_PHONES.get(phone, _SILENCE) for phone, _, _ in segments]
        for n, (phone, start, stop) in enumerate(segments):
            shapes = spoken[n]
            if phone == "HH":
                # Breath: the mouth is already where the next sound wants it.
                shapes = (spoken[n + 1][0],) if n + 1 < len(spoken) else ({Viseme.K: 1.0},)
            edges = [start + (stop - start) * k // len(shapes) for k in range(len(shapes) + 1)]
            for k, shape in enumerate(shapes):
                yield edges[k], edges[k + 1], shape

    def _segments(self, piece: NDArray[np.float32]) -> list[tuple[str, int, int]]:
        if len(piece) < 4 * HOP:
            return []
        self._before_each()
        return self._decoder.segments((np.clip(piece, -1, 1) * 32767).astype(np.int16))


def _level(samples: NDArray[np.float32]) -> float:
    """Root mean square of the voice's louder half."""
    if not len(samples):
        return 0.0
    power = np.exp(log_power(samples))
    return float(np.sqrt(power[power >= np.median(power)].mean()))


def _noise(count: int, level: float, seed: tuple[int, int]) -> NDArray[np.float32]:
    """Always the same for a seed: the same voice must give the same mouth."""
    white = np.random.default_rng(seed).standard_normal(count).astype(np.float32)
    return (_coloured(white) * (level * np.sqrt(1 - _NOISE_COLOUR**2))).astype(np.float32)


def _coloured(white: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each sample and `_NOISE_COLOUR` of the one before it, coloured, blocks of samples at a time."""
    powers = _NOISE_COLOUR ** np.arange(_BLOCK)
    steps = np.arange(_BLOCK)[None] - np.arange(_BLOCK)[:, None]
    within = np.where(steps >= 0, powers[np.abs(steps)], 0.0)
    blocks = np.pad(white.astype(np.float64), (0, -len(white) % _BLOCK)).reshape(-1, _BLOCK)
    coloured: NDArray[np.float64] = blocks @ within
    last = 0.0
    for row in range(len(coloured)):
        coloured[row] += last * _NOISE_COLOUR * powers
        last = float(coloured[row, -1])
    return coloured.reshape(-1)[: len(white)]
