"""Keeps the mouth at rest while nobody speaks: music, noise and rooms are no voice, however loud."""

import numpy as np
from numpy.typing import NDArray

from lipwire.render.speech.model import SpeechModel
from lipwire.render.speech.visemes import Viseme

#: Posterior of silence, and frames of it: shorter pauses are left to the recogniser. Of real speech in three languages
#: nothing is put to rest with these; with 0.5 and a quarter of a second, 0.06 of a Chinese voice was. Of chords and
#: noise 0.94 is.
_SILENT = 0.7
_LEAST_REST_FRAMES = 40
#: Of that pause on both sides, which belong to the sounds beside it.
_EDGE_FRAMES = 5


class VoiceActivity:
    """A recogniser that is believed only where `detector` hears somebody speak.

    PocketSphinx has no class for music: it hears phones in it. The network was trained with hiss, hum and chords.
    """

    def __init__(self, recogniser: SpeechModel, detector: SpeechModel) -> None:
        self._recogniser = recogniser
        self._detector = detector
        self.name = recogniser.name

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`."""
        rows = self._recogniser.posteriors(samples).copy()
        is_rest = self._detector.posteriors(samples)[:, Viseme.SILENCE] > _SILENT
        steps = np.diff(is_rest.astype(np.int8), prepend=0, append=0)
        for start, stop in zip(
            np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True
        ):
            if stop - start < _LEAST_REST_FRAMES:
                continue
            first = start + _EDGE_FRAMES if start else 0
            last = stop - _EDGE_FRAMES if stop < len(rows) else stop
            rows[first:last] = 0
            rows[first:last, Viseme.SILENCE] = 1
        return rows
