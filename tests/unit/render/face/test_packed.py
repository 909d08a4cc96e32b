"""Packed landmarks: what was packed once packs to the same, and long clips need no second copy in memory."""

import tracemalloc

import numpy as np

from lipwire.render.face.arrays import Floats
from lipwire.render.face.packed import Packed

SIZE = (1080, 1920)


def _landmarks(count: int) -> Floats:
    """Faces that drift over the picture, every tenth one missing."""
    rng = np.random.default_rng(4)
    marks = rng.normal(0, 120, (count, 478, 3)).astype(np.float32)
    marks[..., :2] += np.linspace(300, 800, count, dtype=np.float32)[:, None, None]
    marks[::10] = np.nan
    return marks


def test_settled_landmarks_are_those_that_were_packed() -> None:
    """Settling in place gives what packing and unpacking gives, near the original, and changes nothing twice."""
    marks = _landmarks(1300)
    packed = Packed.of(marks, SIZE).landmarks()
    settled = Packed.settle(marks.copy(), SIZE)
    np.testing.assert_array_equal(settled, packed)
    np.testing.assert_array_equal(Packed.of(settled, SIZE).landmarks(), packed)
    assert float(np.nanmax(np.abs(settled - marks))) <= 1 / 64 + 1e-3


def test_packing_holds_one_block_beside_the_landmarks() -> None:
    """In two minutes of video, neither needs as much again as the landmarks take; packing keeps half of it."""
    marks = _landmarks(3000)
    for run, most in (
        (lambda: Packed.settle(marks, SIZE), 0.4),
        (lambda: Packed.of(marks, SIZE), 0.9),
    ):
        tracemalloc.start()
        run()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < most * marks.nbytes, peak / marks.nbytes
