"""docs/faults.md names the tests that there are."""

from tests.house import tree
from tests.support import fault_table


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
