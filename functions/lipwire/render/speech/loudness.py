"""How loud each hundredth of a second is, and where it is quiet enough to cut."""

import numpy as np
from numpy.typing import NDArray

from lipwire.render.speech.model import HOP

_WINDOW = 400
_FLOOR = 1e-10


def log_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural log of the mean power in 25 ms around the middle of every 10 ms frame."""
    frames = -(-len(samples) // HOP)
    if frames == 0:
        return np.zeros(0, np.float32)
    half = _WINDOW // 2
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    centres = np.arange(frames) * HOP + HOP // 2
    start = np.clip(centres - half, 0, len(samples))
    stop = np.clip(centres + half, 0, len(samples))
    power = (total[stop] - total[start]) / np.maximum(stop - start, 1)
    return np.log(np.maximum(power, _FLOOR)).astype(np.float32)


def quiet_cuts(samples: NDArray[np.float32], *, longest: int) -> list[int]:
    """Frame numbers that cut the sound into pieces of at most `longest` frames, each at its quietest place."""
    loud = log_power(samples)
    smooth = np.convolve(loud, np.ones(15) / 15, "same") if len(loud) else loud
    cuts = [0]
    while len(loud) - cuts[-1] > longest:
        first, last = cuts[-1] + longest // 2, cuts[-1] + longest
        cuts.append(first + int(np.argmin(smooth[first:last])))
    return [*cuts, len(loud)]
