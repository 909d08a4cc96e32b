"""Landmarks in 16 bits: half the bytes in memory and in files, and the same whether they were stored or not."""

import mmap
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from lipwire.render.face.arrays import AnyArray, Floats, Ints, Mask

_CODES = 2**16
#: Frames that are unpacked into double precision at a time.
_BLOCK = 128
#: Bytes of codes that are worth a file.
_LEAST_SHELVED = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Landmarks of the frames that have any, relative to each frame's own face.

    All lie on a grid of 1/32 pixel in a picture of up to 2048 pixels, and on a coarser or finer one by powers of two in
    larger or smaller ones: what was packed once packs again to the same.
    """

    NAMES: ClassVar = ("total", "there", "middle", "step", "codes")

    total: int
    #: Which frames, (m,).
    there: Ints
    #: Whole pixels near the middle of the face in x and y, (m, 2).
    middle: Ints
    #: Pixels per code.
    step: float
    #: int16 (m, 478, 3).
    codes: Ints
    #: The file that `codes` lie in, if they do.
    shelf: mmap.mmap | None = None

    @classmethod
    def of(cls, landmarks: Floats, size: tuple[int, int]) -> Self:
        """Of (n, 478, 3), NaN where there is no face, in a picture of `size` pixels."""
        there = np.flatnonzero(np.isfinite(landmarks[:, 0, 0]))
        middle = np.empty((len(there), 2), dtype=np.int32)
        codes = np.empty((len(there), *landmarks.shape[1:]), dtype=np.int16)
        step = float(2.0 ** np.ceil(np.log2(max(size)))) / _CODES
        for begin in range(0, len(there), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            shown = landmarks[there[part]].astype(np.float64)
            middle[part] = np.rint(shown[..., :2].mean(axis=1))
            shown[..., :2] -= middle[part, None]
            codes[part] = np.clip(np.rint(shown / step), -_CODES // 2, _CODES // 2 - 1)
        return cls(len(landmarks), there, middle, step, codes)

    @property
    def found(self) -> Mask:
        """Frames with a face, (n,)."""
        found = np.zeros(self.total, dtype=bool)
        found[self.there] = True
        return found

    def landmarks(self) -> Floats:
        """All landmarks (n, 478, 3) as float32, NaN where there is no face."""
        out = np.full((self.total, *self.codes.shape[1:]), np.nan, dtype=np.float32)
        for begin in range(0, len(self.there), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            out[self.there[part]] = self._unpacked(part)
        return out

    def at(self, frames: Ints) -> Floats:
        """Landmarks (k, 478, 3) of frames that have a face; KeyError for others."""
        rows = np.searchsorted(self.there, frames)
        if (rows >= len(self.there)).any() or not np.array_equal(self.there[rows], frames):
            raise KeyError(frames)
        return self._unpacked(rows)

    def blocks(self) -> Iterator[Floats]:
        """Landmarks (k, 478, 3) of all frames with a face, in order, some at a time."""
        for begin in range(0, len(self.there), _BLOCK):
            yield self._unpacked(slice(begin, begin + _BLOCK))

    def _unpacked(self, rows: slice | Ints) -> Floats:
        shown: Floats = self.codes[rows] * np.float32(self.step)
        shown[..., :2] += self.middle[rows, None]
        return shown

    def shelved(self) -> Self:
        """The same, its codes in a file without a name: ten minutes of them are 41 MB that are rarely looked at.

        Short ones, and all where no file can be written, stay where they are.
        """
        if self.codes.nbytes < _LEAST_SHELVED:
            return self
        try:
            with tempfile.TemporaryFile() as file:
                file.write(self.codes.data)
                file.flush()
                shelf = mmap.mmap(file.fileno(), self.codes.nbytes, access=mmap.ACCESS_READ)
        except OSError:
            return self
        codes = np.frombuffer(shelf, self.codes.dtype).reshape(self.codes.shape)
        return replace(self, codes=codes, shelf=shelf)

    def rest(self) -> None:
        """Codes on a shelf leave memory until they are looked at again."""
        if self.shelf is not None:
            self.shelf.madvise(mmap.MADV_DONTNEED)

    def stored(self) -> dict[str, AnyArray]:
        """Arrays that compress well: codes as their change from frame to frame."""
        changes = np.diff(self.codes, axis=0, prepend=np.zeros_like(self.codes[:1]))
        return {
            "total": np.array(self.total),
            "there": self.there,
            "middle": self.middle,
            "step": np.array(self.step),
            "codes": changes,
        }

    @classmethod
    def restored(cls, arrays: dict[str, AnyArray]) -> Self:
        """Of what `stored` gave; sums wrap around as the differences did. Codes lie on a shelf."""
        codes = np.cumsum(arrays["codes"], axis=0, dtype=np.int16)
        packed = cls(
            int(arrays["total"]), arrays["there"], arrays["middle"], float(arrays["step"]), codes
        )
        return packed.shelved()
