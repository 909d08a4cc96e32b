"""Cursors: an account's own, of one list, and nobody can make one."""

import base64

import pytest

from lipwire.domain.commands_account import GetAccount
from lipwire.domain.commands_uploads import ListAssets
from lipwire.domain.cursors import seal, unseal
from lipwire.domain.errors import InvalidCursorError
from lipwire.domain.views import Page
from lipwire.usecases.turn_pages import turn_pages
from tests.support.builders import ACCOUNT, a_caller

KEY = b"k" * 32
MINE = {"key": KEY, "account_id": ACCOUNT, "listed": "list_jobs"}


def test_a_cursor_brings_its_position_back():
    """Whatever words it is made of; it may stand in a URL as it is."""
    for position in ("job_1", "log#2026-05-04T12:30:00Z#dlv_1", "é\nx", ""):
        cursor = seal(position, **MINE)
        assert unseal(cursor, **MINE) == position
        assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.fault(11)
@pytest.mark.parametrize(
    "other", [{"key": b"j" * 32}, {"account_id": "acct_other"}, {"listed": "list_assets"}]
)
def test_a_cursor_serves_one_account_and_list_of_one_stage(other):
    """Handed to anybody else, or to another list, it is none."""
    with pytest.raises(InvalidCursorError):
        unseal(seal("job_1", **MINE), **(MINE | other))


@pytest.mark.fault(11)
def test_no_changed_cursor_is_taken():
    """Every bit counts, and so does the length."""
    raw = base64.urlsafe_b64decode(seal("job_10", **MINE) + "==")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidCursorError):
            unseal(base64.urlsafe_b64encode(changed).decode(), **MINE)
    for rubbish in ("", "rubbish", "é", "a", "=", "AAAA" * 20, seal("job_10", **MINE)[:-2]):
        with pytest.raises(InvalidCursorError):
            unseal(rubbish, **MINE)


def turned(command, view, seen, **more):
    """What a client gets of a use case that gives `view`."""

    def run(command):
        seen.append(command)
        return view

    return turn_pages(run, command, a_caller(), listed="list_jobs", **({"key": lambda: KEY} | more))


def test_stores_see_positions_and_clients_see_cursors():
    """Sealed on the way out, unsealed on the way in."""
    seen = []
    page = turned(ListAssets(), Page(("a",), "job_1"), seen)
    assert page.next_cursor != "job_1"
    last = turned(ListAssets(cursor=page.next_cursor), Page(("b",), None), seen)
    assert [command.cursor for command in seen] == [None, "job_1"]
    assert last == Page(("b",), None)


def test_where_nothing_is_listed_the_key_is_not_asked_for():
    """It costs a look-up."""
    assert turned(GetAccount(), "view", [], key=None) == "view"
    assert turned(ListAssets(), Page((), None), [], key=None) == Page((), None)
