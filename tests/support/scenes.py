"""Clips of people made from one photograph: placed, moved, hidden and made to speak."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

#: The head and its middle in the astronaut's picture of 512 x 512, and the line between her lips: row, columns.
_HEAD = (slice(0, 260), slice(110, 340))
_MOUTH = (152, 198, 252)


def head(picture: Path) -> np.ndarray:
    """The astronaut's head, 260 x 230 RGB."""
    rgb = cv2.imread(str(picture))[..., ::-1]
    return np.ascontiguousarray(rgb[_HEAD])


def other_head(face: np.ndarray) -> np.ndarray:
    """Somebody else: mirrored, narrower, of another complexion and with red hair."""
    flipped = cv2.resize(face[:, ::-1], (190, 260), interpolation=cv2.INTER_AREA)
    tinted = flipped.astype(np.float32) * [0.75, 0.55, 0.42] + [8, 2, 0]
    return np.clip(tinted, 0, 255).astype(np.uint8)


def speaking(face: np.ndarray, opening: float) -> np.ndarray:
    """The astronaut's head with what is below her lips moved down by `opening` pixels, dark in between."""
    row, left, right = _MOUTH[0], _MOUTH[1] - 110, _MOUTH[2] - 110
    y, x = np.mgrid[: face.shape[0], : face.shape[1]].astype(np.float32)
    across = np.clip(1 - ((x - (left + right) / 2) / (right - left) * 2) ** 2, 0, 1)
    below = np.clip((y - row) / 4, 0, 1) * np.clip((row + 60 - y) / 60, 0, 1)
    return cv2.remap(face, x, y - opening * across * below, cv2.INTER_LINEAR)


def place(
    scene: np.ndarray, face: np.ndarray, x: float, y: float, *, scale: float = 1.0
) -> np.ndarray:
    """The face laid over the scene with its top left corner there, its edges soft."""
    height, width = scene.shape[:2]
    soft = np.zeros(face.shape[:2], dtype=np.float32)
    soft[12:-12, 12:-12] = 1
    soft = cv2.GaussianBlur(soft, (0, 0), 6)
    where = np.array([[scale, 0, x], [0, scale, y]], dtype=np.float32)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    laid = cv2.warpAffine(face, where, (width, height), flags=how)
    alpha = cv2.warpAffine(soft, where, (width, height), flags=how)[..., None]
    return np.rint(scene * (1 - alpha) + laid * alpha).astype(np.uint8)


def background(width: int, height: int, *, seed: int = 1) -> np.ndarray:
    """Smooth blotches of colour, another set for every seed."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(40, 200, (6, 8, 3)).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255)


def write_scene(path: Path, pictures: Iterable[np.ndarray], *, fps: int = 25) -> Path:
    """The RGB pictures as an H.264 clip."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "12"})
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.width, stream.height = picture.shape[1], picture.shape[0]
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
