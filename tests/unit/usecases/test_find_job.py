"""The newest job of the same inputs, among the account's own and this dialect's."""

from types import SimpleNamespace

import pytest

from lipwire.domain.commands import FindJob
from lipwire.domain.errors import JobNotFoundError
from lipwire.domain.views import Page
from lipwire.usecases.find_job import find_job
from tests.support.builders import a_caller, a_job
from tests.support.fakes import FakeClock

WANTED = {"dialect": "acme", "echo": {"inputs": "x"}}


def found(*jobs, size=100):
    """The id of what is found in a list of these, newest first, so many to a page."""
    pages = [jobs[at : at + size] for at in range(0, len(jobs), size)] or [()]
    asked = []

    def listed(account_id, *, status, limit, cursor):
        asked.append(account_id)
        at = int(cursor or 0)
        return Page(tuple(pages[at]), str(at + 1) if at + 1 < len(pages) else None)

    view = find_job(
        FindJob(**WANTED),
        a_caller(),
        jobs=SimpleNamespace(list=listed),
        results=None,
        clock=FakeClock(),
    )
    assert set(asked) == {a_caller().account.id}
    return view.job.id


def job(number: int, dialect: str = "acme", inputs: str = "x"):
    """One of the account's jobs."""
    return a_job(id=f"job_{number:026d}", terms={"dialect": dialect}, echo={"inputs": inputs})


def test_the_newest_of_the_same_inputs_is_found():
    """Another dialect's, and other inputs, are not."""
    jobs = [job(5, "native"), job(4, inputs="y"), job(3), job(2)]
    assert found(*jobs) == job(3).id
    assert found(*jobs, size=1) == job(3).id


@pytest.mark.parametrize(
    "jobs", [(), (job(1, "other"),), tuple(job(n, inputs="y") for n in range(9))]
)
def test_none_is_not_found(jobs):
    """After a bounded look: five pages."""
    with pytest.raises(JobNotFoundError):
        found(*jobs, size=1)


def test_an_old_one_is_not_looked_for():
    """The sixth page is not read."""
    with pytest.raises(JobNotFoundError):
        found(*(job(n, inputs="y") for n in range(5)), job(9), size=1)
