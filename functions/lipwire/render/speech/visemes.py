"""Sixteen mouth shapes that every language's sounds fall into, and how open and round each one is."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Viseme(IntEnum):
    """A class of sounds that look alike; the order is that of every posterior array."""

    SILENCE = 0
    PBM = 1
    FV = 2
    W = 3
    O = 4  # noqa: E741  # the vowel
    A = 5
    E = 6
    I = 7  # noqa: E741  # the vowel
    T = 8
    S = 9
    CH = 10
    K = 11
    R = 12
    TH = 13
    L = 14
    SCHWA = 15


_MOUTH = {
    Viseme.SILENCE: (0.0, 0.0),
    Viseme.PBM: (0.0, 0.1),
    Viseme.FV: (0.12, 0.0),
    Viseme.W: (0.18, 1.0),
    Viseme.O: (0.5, 0.8),
    Viseme.A: (1.0, 0.0),
    Viseme.E: (0.65, -0.35),
    Viseme.I: (0.35, -0.6),
    Viseme.T: (0.25, -0.1),
    Viseme.S: (0.15, -0.25),
    Viseme.CH: (0.22, 0.5),
    Viseme.K: (0.35, 0.0),
    Viseme.R: (0.28, 0.4),
    Viseme.TH: (0.25, 0.0),
    Viseme.L: (0.35, 0.0),
    Viseme.SCHWA: (0.42, 0.0),
}
#: One row per viseme: opening of 0..1, rounding of -1 (spread) .. 1 (pursed).
MOUTH_TABLE: NDArray[np.float32] = np.array([_MOUTH[v] for v in Viseme], np.float32)
