"""Values as DynamoDB's attributes and back.

boto3 has a serializer, and brings sixty modules and 10 MiB of resources and transfer threads with it: a cold start pays
for them (`make bench`).
"""

import math
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from types import NoneType
from typing import Any, Final


def to_attribute(value: Any) -> dict[str, Any]:
    """The attribute of a plain value; a float is written as the shortest decimal that reads back as the same float.

    Raises:
        TypeError: a value that no row of ours holds.
    """
    for types, kind, write in _WRITERS:
        if isinstance(value, types):
            return {kind: write(value)}
    raise TypeError(f"{type(value).__name__} is no attribute of ours")


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """The plain value of an attribute; a number without a fraction is an int.

    Raises:
        TypeError: a type that no row of ours holds.
    """
    ((kind, held),) = attribute.items()
    if kind not in _READERS:
        raise TypeError(f"no row of ours holds {kind}")
    return _READERS[kind](held)


def _same(value: Any) -> Any:
    return value


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise TypeError(f"DynamoDB has no number {value}")
    return repr(value)


def _texts(value: Collection[Any]) -> list[str]:
    if not value or not all(isinstance(text, str) for text in value):
        raise TypeError("a set is of texts, and not empty")
    return sorted(value)


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


#: A bool is an int as well: the first that fits counts.
_WRITERS: Final[tuple[tuple[type | tuple[type, ...], str, Callable[[Any], Any]], ...]] = (
    (str, "S", _same),
    (NoneType, "NULL", lambda _: True),
    (bool, "BOOL", _same),
    (int, "N", int.__repr__),
    (float, "N", _float),
    (Decimal, "N", str),
    (Mapping, "M", lambda held: {name: to_attribute(inner) for name, inner in held.items()}),
    ((list, tuple), "L", lambda held: [to_attribute(inner) for inner in held]),
    ((set, frozenset), "SS", _texts),
    (bytes, "B", _same),
)
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "S": _same,
    "NULL": lambda _: None,
    "BOOL": _same,
    "N": _number,
    "M": lambda held: {name: from_attribute(inner) for name, inner in held.items()},
    "L": lambda held: [from_attribute(inner) for inner in held],
    "SS": set,
    "B": _same,
}
