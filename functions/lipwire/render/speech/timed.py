"""Mouth shapes from phoneme times that somebody else knows: a synthesizer's own, or a forced alignment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lipwire.domain.options import PhonemeTime
from lipwire.render.speech.model import FRAMES_PER_S, HOP
from lipwire.render.speech.phonemes import shapes_of
from lipwire.render.speech.visemes import Viseme


class TimedPhonemes:
    """A `SpeechModel` that needs not listen; what lies in no phoneme is silence."""

    name = "phoneme-times"
    hedges = False

    def __init__(self, phonemes: Sequence[PhonemeTime]) -> None:
        self._phonemes = phonemes

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`: every row is certain; of the two vowels of a diphthong each has half the time."""
        shapes = np.full(-(-len(samples) // HOP), int(Viseme.SILENCE))
        for phoneme in self._phonemes:
            made = shapes_of(phoneme.symbol)
            edges = np.linspace(phoneme.start_ms, phoneme.end_ms, len(made) + 1) / 1000
            # A frame is what is said at its middle.
            frames = np.round(edges * FRAMES_PER_S).astype(int)
            for shape, first, last in zip(made, frames[:-1], frames[1:], strict=True):
                shapes[first:last] = shape
        rows = np.zeros((len(shapes), len(Viseme)), np.float32)
        rows[np.arange(len(shapes)), shapes] = 1
        return rows
