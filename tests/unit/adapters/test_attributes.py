"""Values as attributes: what goes in comes out, as boto3's own serializer writes and reads it."""

from decimal import Decimal
from enum import StrEnum

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.dynamodb.attributes import from_attribute, to_attribute

_SCALARS = (
    st.none()
    | st.booleans()
    | st.text()
    | st.binary(min_size=1)
    | st.integers(-(10**37), 10**37)
    | st.sets(st.text(min_size=1), min_size=1)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(_VALUES)
def test_an_attribute_is_what_boto3_writes(value):
    """To the letter; and what boto3 reads out of it is what was put in."""
    attribute = to_attribute(value)
    assert _sorted(attribute) == _sorted(TypeSerializer().serialize(value))
    assert TypeDeserializer().deserialize(attribute) == value
    assert from_attribute(attribute) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_as_the_same_float(value):
    """With a fraction as a float, without one as an int of the same value."""
    assert float(from_attribute(to_attribute(value))) == value


def test_names_of_an_enumeration_are_their_text():
    """A status is written as the word it stands for."""

    class Status(StrEnum):
        QUEUED = "queued"

    assert to_attribute(Status.QUEUED) == {"S": "queued"}
    assert to_attribute(Decimal("1.50")) == {"N": "1.50"}


@pytest.mark.parametrize("value", [object(), set(), {1, 2}, float("nan"), float("inf"), 1j])
def test_what_no_row_holds_is_refused(value):
    """A bug of ours, named with its type."""
    with pytest.raises(TypeError):
        to_attribute(value)


@pytest.mark.parametrize("attribute", [{"NS": ["1"]}, {"BS": [b"x"]}])
def test_an_attribute_of_somebody_elses_is_refused(attribute):
    """Types that we never write."""
    with pytest.raises(TypeError):
        from_attribute(attribute)


def _sorted(attribute):
    """Sets have no order."""
    ((kind, held),) = attribute.items()
    if kind == "SS":
        return {kind: sorted(held)}
    if kind == "M":
        return {kind: {name: _sorted(inner) for name, inner in held.items()}}
    if kind == "L":
        return {kind: [_sorted(inner) for inner in held]}
    return attribute
