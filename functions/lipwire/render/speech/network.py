"""Mouth shapes from a small network of our own, trained on synthetic speech in eighteen languages (`training/speech`).

It hears sounds, not words, and so knows no language: docs/models/visemes.md says how well it does.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lipwire.render.speech.features import log_mel
from lipwire.render.speech.model import HOP
from lipwire.render.speech.visemes import Viseme

MODEL = Path(__file__).with_name("visemes.onnx")
#: Frames answered at once, and heard on both sides of them: twice what the network reaches.
_PIECE = 6_000
_CONTEXT = 70
#: Every voice is heard at these speeds, and the mean of what is heard counts: each is another throat at another tempo,
#: of which one may be nearer to those that the network learned from. Of a voice it never heard it gets 0.8 of a
#: hundredth more frames right so, and two more of a hundred m, b, p.
_SPEEDS = (0.92, 1.0, 1.08)
#: Samples made slower or faster at once.
_BLOCK = 1 << 18


class NetworkModel:
    """A temporal convolution over log mel energies; the same sound gives the same answer to the last bit.

    `piece` is how many frames it answers at once, which bounds its memory. `before_each` is called before each piece, at
    most a minute; what it raises ends the hearing.
    """

    name = "lipwire-visemes-3"
    hedges = True

    def __init__(
        self,
        path: Path = MODEL,
        *,
        piece: int = _PIECE,
        before_each: Callable[[], None] = lambda: None,
    ) -> None:
        self._piece = piece
        self._before_each = before_each
        options = onnxruntime.SessionOptions()
        # So little work doesn't pay for threads that contend with the decoder's.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`."""
        rows = np.zeros((-(-len(samples) // HOP), len(Viseme)), np.float32)
        middles = np.arange(len(rows)) + 0.5
        for speed in _SPEEDS:
            self._before_each()
            heard = self._heard(_at_speed(samples, speed))
            rows += heard[np.minimum((middles / speed).astype(int), len(heard) - 1)]
        rows /= len(_SPEEDS)
        return rows

    def _heard(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """What is heard of samples at the speed they have."""
        frames = -(-len(samples) // HOP)
        mel = np.pad(
            log_mel(samples), ((_CONTEXT, _CONTEXT), (0, 0)), "edge" if frames else "constant"
        )
        rows = np.empty((frames, len(Viseme)), np.float32)
        for first in range(0, frames, self._piece):
            self._before_each()
            last = min(first + self._piece, frames)
            heard = mel[None, first : last + 2 * _CONTEXT]
            (found,) = self._session.run(None, {"mel": heard})
            rows[first:last] = found[0, _CONTEXT : _CONTEXT + last - first]
        return rows


def _at_speed(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Faster and higher where `speed` is above 1, as training makes voices: linear between samples."""
    if speed == 1:
        return samples
    made = np.empty(int(np.ceil(len(samples) / speed)), np.float32)
    for first in range(0, len(made), _BLOCK):
        where = np.arange(first, min(first + _BLOCK, len(made))) * speed
        begin = int(where[0])
        near = samples[begin : int(where[-1]) + 2]
        made[first : first + _BLOCK] = np.interp(where - begin, np.arange(len(near)), near)
    return made
