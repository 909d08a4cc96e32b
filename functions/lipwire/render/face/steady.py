"""Landmarks with the mesh's jitter smoothed away, made when they are asked for: kept, they would double a long clip."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Ints, Mask
from lipwire.render.face.packed import Packed

#: Frames of smoothing for all points, and for those that move with the skull alone, whose mean with these is taken.
_SIGMA, _CALM_SIGMA = 0.6, 1.0
#: Beyond so many frames neither reaches.
_REACH = 4
_BLOCK = 128
#: Single frames are made so many at a time, of which the latest are kept: 7 MB.
_AT_ONCE, _KEPT = 16, 80


@dataclass(frozen=True, slots=True, eq=False)
class Steady:
    """Smoothed landmarks (478, 3) in pixels by frame; frames without a face hold those of the nearest with one."""

    packed: Packed
    #: For each frame the nearest with a face.
    nearest: Ints
    breaks: Mask
    _recent: OrderedDict[int, Floats] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __len__(self) -> int:
        return len(self.nearest)

    def __getitem__(self, frame: int) -> Floats:
        """The frame's landmarks, the same to the last bit as in a block; from any thread."""
        number = int(frame) // _AT_ONCE
        with self._lock:
            block = self._recent.get(number)
            if block is not None:
                self._recent.move_to_end(number)
        if block is None:
            block = self._of(number * _AT_ONCE, min((number + 1) * _AT_ONCE, len(self)))
            block.flags.writeable = False
            with self._lock:
                self._recent[number] = block
                while len(self._recent) > _KEPT:
                    self._recent.popitem(last=False)
        one: Floats = block[int(frame) % _AT_ONCE]
        return one

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """All frames in order, some at a time."""
        for begin in range(0, len(self), _BLOCK):
            end = min(begin + _BLOCK, len(self))
            yield slice(begin, end), self._of(begin, end)

    def whole(self) -> Floats:
        """All frames' landmarks (n, 478, 3)."""
        return np.concatenate([block for _, block in self.blocks()])

    def _of(self, begin: int, end: int) -> Floats:
        first, last = max(0, begin - _REACH), min(len(self), end + _REACH)
        held = self.packed.at(self.nearest[first:last])
        breaks = self.breaks[first:last]
        inner = slice(begin - first, end - first)
        out: Floats = measures.smooth_in_time(held, _SIGMA, breaks=breaks)[inner].astype(np.float32)
        calm = measures.smooth_in_time(held[:, points.RIGID], _CALM_SIGMA, breaks=breaks)[inner]
        out[:, points.RIGID] = (out[:, points.RIGID] + calm) / 2
        return out
