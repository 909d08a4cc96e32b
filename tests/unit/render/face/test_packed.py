"""Packed landmarks: what was packed once packs to the same, and long clips need no second copy in memory."""

import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

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


def test_what_was_packed_once_packs_to_the_same() -> None:
    """Near the original, and a second time changes nothing."""
    marks = _landmarks(1300)
    once = Packed.of(marks, SIZE).landmarks()
    np.testing.assert_array_equal(Packed.of(once, SIZE).landmarks(), once)
    assert float(np.nanmax(np.abs(once - marks))) <= 1 / 64 + 1e-3


def test_some_frames_are_unpacked_as_all_are() -> None:
    """Any frames, in any order, those without a face refused; and block by block."""
    marks = _landmarks(300)
    packed = Packed.of(marks, SIZE)
    whole = packed.landmarks()
    some = np.array([299, 3, 3, 171])
    np.testing.assert_array_equal(packed.at(some), whole[some])
    np.testing.assert_array_equal(np.concatenate(list(packed.blocks())), whole[packed.found])
    assert packed.found.tolist() == np.isfinite(marks[:, 0, 0]).tolist()
    for missing in (170, 300):
        with pytest.raises(KeyError):
            packed.at(np.array([3, missing]))


def test_packing_keeps_half_and_holds_one_block_beside_it() -> None:
    """In two minutes of video; and what is asked for is all that is unpacked."""
    marks = _landmarks(3000)
    tracemalloc.start()
    packed = Packed.of(marks, SIZE)
    kept, peak = tracemalloc.get_traced_memory()
    assert kept < 0.55 * marks.nbytes, kept / marks.nbytes
    assert peak < 0.9 * marks.nbytes, peak / marks.nbytes
    tracemalloc.reset_peak()
    packed.at(np.arange(1, 9))
    assert tracemalloc.get_traced_memory()[1] - kept < 0.02 * marks.nbytes
    tracemalloc.stop()


@pytest.mark.skipif(
    sys.platform != "linux", reason="what a process holds of files is read from /proc"
)
def test_codes_on_a_shelf_leave_memory_and_come_back() -> None:
    """As they were."""
    packed = Packed.of(_landmarks(6000), SIZE)
    shelved = Packed.restored(packed.stored())
    assert shelved.shelf is not None
    np.testing.assert_array_equal(shelved.codes, packed.codes)
    held = _mapped_bytes()
    shelved.rest()
    assert held - _mapped_bytes() > 0.9 * packed.codes.nbytes
    np.testing.assert_array_equal(shelved.codes, packed.codes)
    packed.rest()


def test_without_a_file_codes_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk fails no render."""

    def full() -> None:
        raise OSError

    packed = Packed.of(_landmarks(600), SIZE)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    kept = Packed.restored(packed.stored())
    assert kept.shelf is None
    kept.rest()
    np.testing.assert_array_equal(kept.codes, packed.codes)
    nothing = Packed.of(np.full((3, 478, 3), np.nan, np.float32), SIZE)
    assert not Packed.restored(nothing.stored()).found.any()


def _mapped_bytes() -> int:
    """What this process holds of files and shared memory."""
    rows = Path("/proc/self/status").read_text().splitlines()
    held = [row.split() for row in rows if row.startswith(("RssFile:", "RssShmem:"))]
    return sum(int(row[1]) for row in held) * 1024
