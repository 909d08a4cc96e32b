"""Two who hear a voice together: where one mishears the other often does not, and music is a voice for neither."""

import numpy as np
from numpy.typing import NDArray

from lipwire.render.speech.model import SpeechModel
from lipwire.render.speech.visemes import Viseme

#: Posterior of silence, and frames of it: shorter pauses are left to both. Of real speech in three languages nothing is
#: put to rest with these; with 0.5 and a quarter of a second, 0.06 of a Chinese voice was. Of chords and noise 0.94 is.
_SILENT = 0.7
_LEAST_REST_FRAMES = 40
#: Of that pause on both sides, which belong to the sounds beside it.
_EDGE_FRAMES = 5


class Together:
    """The mean of a phone decoder and the network; at rest where the network hears nobody for a while.

    The decoder learned from recordings of people and knows English phones; the network knows the sounds of many
    languages, but from synthetic voices alone. Their mean follows a real mouth as the decoder does, and finds the lip
    closures of other languages nearly as the network does (`make bench` prints both). What the decoder takes for silence
    is the network's to say: it was trained with hiss, hum and chords, and clean consonants are no silence to it.
    """

    hedges = True

    def __init__(self, decoder: SpeechModel, network: SpeechModel) -> None:
        self._decoder = decoder
        self._network = network
        self.name = f"{decoder.name}+{network.name}"

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`."""
        known = self._network.posteriors(samples)
        heard = self._decoder.posteriors(samples)
        silent = heard[:, [Viseme.SILENCE]]
        rows = (heard + (1 + silent) * known) / 2
        rows[:, [Viseme.SILENCE]] -= silent / 2
        is_rest = known[:, Viseme.SILENCE] > _SILENT
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
