"""Blinking by seed, and lids that fall faster than they rise."""

import numpy as np

from lipwire.render.retarget.blink import blinks

TIMES = np.arange(2500) / 100


def test_seed_and_person_decide_when_lids_fall() -> None:
    """The same seed blinks the same; another seed, or another person, at other times."""
    one = blinks(TIMES, seed=9)
    assert np.array_equal(one, blinks(TIMES, seed=9))
    assert not np.array_equal(one, blinks(TIMES, seed=10))
    assert not np.array_equal(one, blinks(TIMES, seed=9, person=1))


def test_lids_fall_faster_than_they_rise() -> None:
    """Half of a closing takes less time than half of an opening, and all of a blink under half a second."""
    shut = blinks(TIMES, seed=9)
    rising, falling = np.count_nonzero(np.diff(shut) < 0), np.count_nonzero(np.diff(shut) > 0)
    assert rising > 1.3 * falling
    starts = np.flatnonzero((shut[1:] > 0) & (shut[:-1] == 0))
    lengths = [np.argmax(shut[start + 1 :] == 0) / 100 for start in starts[:-1]]
    assert 0.2 < np.median(lengths) < 0.5
