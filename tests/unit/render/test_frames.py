"""Where drawings show, and how they fade."""

import numpy as np

from lipwire.render.frames import faded


def test_an_edit_fades_where_the_source_is_to_stay() -> None:
    """Towards frames that keep their pixels the edit dies away instead of popping."""
    shown = np.array([True] * 6 + [False] * 2 + [True] * 6)
    level = faded(shown, np.zeros(14, dtype=bool))
    assert level[6] == level[7] == 0
    assert level[0] == level[13] == 1
    assert 0 < level[5] < level[4] < level[3] <= 1


def test_a_cut_needs_no_fade() -> None:
    """Across a scene cut nothing is seen to pop."""
    shown = np.array([False] * 4 + [True] * 4)
    cuts = np.zeros(8, dtype=bool)
    cuts[4] = True
    assert faded(shown, cuts).tolist() == [0] * 4 + [1] * 4
