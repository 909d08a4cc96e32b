"""docs/faults.md names the tests that there are."""

from typing import Final

from tests.house import tree
from tests.support import fault_table

#: Of the API and the money, those that no test says it covers.
OWED: Final = {18}


def test_the_table_of_faults_is_current() -> None:
    """Else: `python -m tests.support.fault_table --write`."""
    text = tree.text(fault_table.DOCUMENT)
    assert text == fault_table.filled(text)


def test_every_mark_is_a_fault_of_the_table() -> None:
    """No test covers what nobody has described."""
    assert (
        set(fault_table.covered()) - set(fault_table.rows(tree.text(fault_table.DOCUMENT))) == set()
    )


def test_the_table_holds_every_fault_of_the_doors_and_the_money() -> None:
    """The API is 1 to 18, uploads, media, fetches and events are 19 to 60, the ledger 79 to 89, webhooks 90 to 108."""
    numbers = set(fault_table.rows(tree.text(fault_table.DOCUMENT)))
    assert numbers == {*range(1, 61), *range(79, 90), *range(90, 109)}


def test_no_fault_of_the_outside_world_is_without_a_test() -> None:
    """Nor any other but those that are known to be owed; one that got its test goes from that list."""
    cells = fault_table.rows(tree.text(fault_table.DOCUMENT))
    bare = {number for number, tests in cells.items() if tests == fault_table.NOT_COVERED}
    assert bare - OWED == set()
    assert OWED.isdisjoint({*range(19, 61), *range(90, 109)})
