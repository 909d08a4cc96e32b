"""What is kept of a clip, and how much of it."""

import numpy as np

from lipwire.render.face.bank import MouthCollector
from lipwire.render.face.packed import Packed
from tests.support.faces import a_face


class Noise:
    """A frame of noise, which no coder makes small."""

    def rgb_crop(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """Random pixels."""
        return np.random.default_rng(x0).integers(0, 256, (y1 - y0, x1 - x0, 3), dtype=np.uint8)


def test_the_bank_stays_within_its_limits_and_keeps_the_extremes() -> None:
    """However many frames pass by; the widest and the narrowest opening are among the kept ones."""
    collector = MouthCollector((640, 480), most=40, most_bytes=3_000_000)
    openings = np.abs(np.sin(np.arange(400) / 7)) * 0.3
    for k, opening in enumerate(openings):
        collector.offer(0, k, Noise(), a_face(opening=float(opening)), 1.0)
    kept = collector.take([0], frozenset(range(400)))
    assert 20 <= len(kept) <= 40
    assert sum(len(mouth.jpeg) for mouth in kept) <= 3_000_000
    shown = openings[[mouth.frame for mouth in kept]]
    assert shown.max() > 0.28
    assert shown.min() < 0.02


def test_frames_that_may_not_be_used_are_left_out() -> None:
    """Hidden mouths lend nothing, and neither do blurred ones."""
    collector = MouthCollector((640, 480))
    for k in range(10):
        blurred = 0.1 if k == 7 else 1.0
        collector.offer(0, k, Noise(), a_face(opening=k / 100), blurred)
    kept = collector.take([0], frozenset(range(10)) - {3})
    assert [mouth.frame for mouth in kept] == [0, 1, 2, 4, 5, 6, 8, 9]


def test_packed_landmarks_are_near_and_pack_to_the_same_again() -> None:
    """A 64th of a pixel at worst; gaps stay gaps."""
    faces = np.stack([a_face(shift=(0.37 * k, 0.11 * k)) for k in range(6)]).astype(np.float32)
    faces[2] = np.nan
    once = Packed.of(faces, (1280, 720)).landmarks()
    twice = Packed.restored(Packed.of(once, (1280, 720)).stored()).landmarks()
    assert np.array_equal(np.isnan(once), np.isnan(faces))
    assert np.nanmax(np.abs(once - faces)) <= 1 / 64 + 1e-4
    assert np.array_equal(once, twice, equal_nan=True)
