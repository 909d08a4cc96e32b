"""Ids that are taken."""

from collections.abc import Callable
from typing import Final, TypeVar

from lipwire.domain.errors import IdTakenError

_Made = TypeVar("_Made")

#: Numbered ids of one millisecond are alike once in 4,096 times: so many times in a row they never are.
_DRAWS: Final = 5


def draw_again(make: Callable[[], _Made]) -> _Made:
    """What `make` made; where an id that it drew is another thing's already, it is called again and draws others.

    Raises:
        IdTakenError: however often it drew; nothing is left of any try.
    """
    for _ in range(_DRAWS - 1):
        try:
            return make()
        except IdTakenError:
            continue
    return make()
