"""Names for the arrays that pass between the renderer's parts."""

from typing import Any

import numpy as np
import numpy.typing as npt

#: Landmarks, displacements, series: any shape.
Floats = npt.NDArray[np.floating[Any]]
#: 8-bit RGB or single-channel pixels.
Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.integer[Any]]
#: Whatever is stored.
AnyArray = npt.NDArray[Any]
