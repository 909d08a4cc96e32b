"""The one thing an engine draws: some pixels and how much of each shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RgbPatch:
    """A rectangle to lay over a frame; parts outside the frame are left out.

    `rgb` is HxWx3, uint8 or float32 on the same 0..255 scale (finer steps matter in 10-bit sources);
    `alpha` is HxW float32 of 0..1, or uint8 of 0..255.
    """

    x: int
    y: int
    rgb: NDArray[np.uint8] | NDArray[np.float32]
    alpha: NDArray[np.float32] | NDArray[np.uint8]
