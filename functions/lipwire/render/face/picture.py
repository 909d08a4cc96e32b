"""Reading a still."""

from pathlib import Path

import cv2
import numpy as np

from lipwire.domain.errors import CorruptMediaError
from lipwire.render.face.arrays import Pixels


def read_picture(path: Path) -> Pixels:
    """The picture upright, as 8-bit RGB; transparency lies on white. Raises CorruptMediaError."""
    raw = np.fromfile(path, dtype=np.uint8)
    picture = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED) if raw.size else None
    if picture is None:
        raise CorruptMediaError
    if picture.ndim == 3 and picture.shape[2] == 4:
        if picture.dtype == np.uint16:
            picture = (picture >> 8).astype(np.uint8)
        alpha = picture[..., 3:].astype(np.float32) / 255
        over = picture[..., :3].astype(np.float32) * alpha + 255 * (1 - alpha)
        return np.ascontiguousarray(np.rint(over).astype(np.uint8)[..., ::-1])
    # Only this way of reading turns the picture as its camera says, and brings 16 bits down to 8.
    upright = cv2.imdecode(raw, cv2.IMREAD_COLOR)
    if upright is None:
        raise CorruptMediaError
    return np.ascontiguousarray(upright[..., ::-1])
