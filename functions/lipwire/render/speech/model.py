"""What a recogniser of mouth shapes has to do; a trained network fits as well as a phone decoder."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: What every model hears, and how often it answers.
SAMPLE_RATE = 16_000
FRAMES_PER_S = 100
HOP = SAMPLE_RATE // FRAMES_PER_S


class SpeechModel(Protocol):
    """Says which mouth shape is made when, in any voice it is given."""

    @property
    def name(self) -> str: ...

    @property
    def hedges(self) -> bool:
        """Whether its probabilities are an opinion: where it is unsure it says a little of everything."""

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each `Viseme` in every 10 ms of 16 kHz mono sound: (ceil(n / 160), 16), rows sum to 1."""
