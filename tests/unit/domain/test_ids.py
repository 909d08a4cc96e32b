"""Ids sort by time and are recognised by prefix."""

from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.ids import is_id, sortable_id

MILLISECONDS = st.integers(0, 2**48 - 1)


@given(MILLISECONDS, MILLISECONDS, st.integers(0, 2**80), st.integers(0, 2**80))
def test_later_ids_sort_later(first, second, some, other):
    """Whatever their randomness, ids of different milliseconds sort by time."""
    a = sortable_id("job", milliseconds=first, randomness=some)
    b = sortable_id("job", milliseconds=second, randomness=other)
    assert (a < b) == (first < second) or first == second


@given(MILLISECONDS, st.integers(0, 2**80))
def test_an_id_is_known_by_its_prefix(milliseconds, randomness):
    """An id is one of its own kind and of no other."""
    made = sortable_id("ast", milliseconds=milliseconds, randomness=randomness)
    assert is_id(made, "ast")
    assert not is_id(made, "job")
