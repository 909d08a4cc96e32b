"""Numbers and UUIDs of ids: there and back, exact in JavaScript, and of no use to another account."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.system import RandomIds
from lipwire.domain.ids import is_id, sortable_id
from lipwire.domain.numbers import (
    MAX_NUMBER,
    id_of,
    named_number,
    number_of,
    numbered,
    of_uuid,
    uuid_of,
)

ME, YOU = f"acct_{'0' * 25}1", f"acct_{'0' * 25}2"
#: 2026-01-01 and 2095 in UTC.
FIRST_MS, LAST_MS = 1_767_225_600_000, 1_767_225_600_000 + 2**41 - 1
NEW = st.builds(
    lambda ms, randomness: sortable_id("job", milliseconds=ms, randomness=randomness),
    st.integers(FIRST_MS, LAST_MS),
    st.integers(0, 2**80 - 1),
)


@given(NEW)
def test_a_number_leads_back_to_its_id(new):
    """And to its moment, which is the new id's own: lists stay in order."""
    own = numbered(new, ME)
    number = number_of(own, ME)
    assert is_id(own, "job")
    assert own[:13] == new[:13]
    assert number is not None
    assert 0 <= number <= MAX_NUMBER < 2**53
    assert int(float(number)) == number
    assert id_of("job", number, ME) == own


@given(NEW)
def test_anothers_number_leads_nowhere(new):
    """The id that it makes of an account is no other account's, nor a thing of another kind."""
    number = number_of(numbered(new, ME), ME)
    assert id_of("job", number, YOU) != numbered(new, ME)
    assert number_of(numbered(new, ME), YOU) is None
    assert id_of("ast", number, ME)[4:] != numbered(new, ME)[4:]


@given(st.integers(0, MAX_NUMBER))
def test_every_number_is_of_one_id(number):
    """None is left over, none is shared."""
    assert number_of(id_of("ast", number, ME), ME) == number


@given(NEW)
def test_a_uuid_is_an_id_in_another_spelling(new):
    """Of a numbered one, version 7 and the variant of RFC 9562, as strict clients check."""
    own = numbered(new, ME)
    strict = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(strict, uuid_of(own))
    for one in (own, new):
        assert of_uuid("job", uuid_of(one)) == one
        assert of_uuid("job", uuid_of(one).upper()) == one


@pytest.mark.parametrize(
    "text", ["", "1", "job_0", "0" * 32, f"{'0' * 8}-0000-0000-0000-{'g' * 12}"]
)
def test_what_is_no_uuid_is_no_id(text):
    """Whatever else it is."""
    assert of_uuid("ast", text) is None


def test_an_id_that_was_not_numbered_has_no_number():
    """Nor one from before there were any."""
    assert number_of(RandomIds().new("job"), ME) is None
    assert number_of(f"job_{'0' * 26}", ME) is None


def test_the_same_name_has_the_same_number():
    """In one account, of one kind."""
    number = named_number("project", "Spring", ME)
    assert 0 <= number <= MAX_NUMBER
    assert named_number("project", "Spring", ME) == number
    others = [("project", "Autumn", ME), ("scene", "Spring", ME), ("project", "Spring", YOU)]
    assert number not in [named_number(*other) for other in others]
