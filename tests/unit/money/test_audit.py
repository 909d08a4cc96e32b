"""What entries add up to, and what an audit names that does not hold."""

import pytest

from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import (
    Entry,
    Finding,
    Rule,
    Totals,
    audit_account,
    audit_jobs,
    by_job,
    totals,
)
from tests.support.builders import ACCOUNT, NOW, a_job

JOB = f"job_{'0' * 26}"


def entry(kind: str, amount: int, key: str = "", **more: object) -> Entry:
    """One entry of an account."""
    more = {"job_id": JOB, **more} if kind not in {"GRANT", "ADJUST"} else more
    values = {"account_id": ACCOUNT, "kind": kind, "amount_millicredits": amount, "created_at": NOW}
    return Entry.model_validate({**values, "key": key or f"{kind}{amount}", **more})


OPEN = (entry("GRANT", 100), entry("HOLD", 30), entry("HOLD", 10))


def test_what_entries_add_up_to():
    """Holds reserve until they end; settles and adjustments move."""
    assert totals(OPEN) == Totals(balance=100, held=40, available=60)
    settled = (*OPEN, entry("SETTLE", 25), entry("REFUND", 5), entry("ADJUST", -7))
    assert totals(settled, version=3) == Totals(balance=73, held=0, available=73, version=3)
    assert totals((*OPEN, entry("RELEASE", 40))) == Totals(balance=100, held=0, available=100)
    assert by_job(settled)[JOB].refunded == 5
    assert set(by_job(OPEN)) == {JOB}


@pytest.mark.parametrize(
    ("cache", "entries", "broken"),
    [
        (Totals(balance=100, held=40, available=60), OPEN, []),
        (Totals(balance=101, held=40, available=61), OPEN, [(Rule.BALANCE, 101, 100)]),
        (Totals(balance=100, held=39, available=61), OPEN, [(Rule.HELD, 39, 40)]),
        (Totals(balance=100, held=40, available=59), OPEN, [(Rule.AVAILABLE, 59, 60)]),
        (Totals(balance=30, held=40, available=-10), (entry("GRANT", 30), *OPEN[1:]), [(Rule.NOT_NEGATIVE, -10, 0)]),
        (Totals(balance=60, available=60), (*OPEN, entry("SETTLE", 40), entry("RELEASE", 40)), [(Rule.ONE_END, 2, 1)]),
        (Totals(balance=99, available=99), (OPEN[0], entry("SETTLE", 1)), [(Rule.END_NEEDS_HOLD, 1, 0), (Rule.SETTLED_WITHIN_HOLD, 1, 0)]),
        (Totals(balance=59, available=59), (*OPEN, entry("SETTLE", 41)), [(Rule.SETTLED_WITHIN_HOLD, 41, 40)]),
        (Totals(balance=100, available=100), (*OPEN, entry("SETTLE", 40), entry("REFUND", 40)), []),
        (Totals(balance=101, available=101), (*OPEN, entry("SETTLE", 40), entry("REFUND", 41)), [(Rule.REFUNDED_WITHIN_CHARGE, 41, 40)]),
    ],
)  # fmt: skip
def test_an_audit_names_what_does_not_hold_in_an_account(cache, entries, broken):
    """The rule, what is there, what should be."""
    found = audit_account(ACCOUNT, cache, entries)
    assert [(one.rule, one.found, one.expected) for one in found] == broken
    assert all(one.account_id == ACCOUNT for one in found)


FAILED = a_job(id=JOB, status="failed", held_millicredits=40, finished_at=NOW)
DONE = FAILED.model_copy(update={"status": JobStatus.SUCCEEDED, "charged_millicredits": 25})
RUNNING = a_job(id=JOB, held_millicredits=40)
SETTLED, RELEASED = (*OPEN, entry("SETTLE", 25)), (*OPEN, entry("RELEASE", 40))


@pytest.mark.parametrize(
    ("entries", "job", "broken"),
    [
        (OPEN, RUNNING, []),
        (SETTLED, DONE, []),
        (RELEASED, FAILED, []),
        (RELEASED, None, []),
        (OPEN, None, [(Rule.JOB_EXISTS, 1, 0)]),
        (OPEN, RUNNING.model_copy(update={"held_millicredits": 41}), [(Rule.JOB_HOLD, 41, 40)]),
        (SETTLED, RUNNING, [(Rule.OPEN_JOB, 0, 1)]),
        ((), RUNNING, [(Rule.JOB_HOLD, 40, 0), (Rule.OPEN_JOB, 0, 1)]),
        (OPEN, FAILED, [(Rule.ENDED_JOB, 1, 0)]),
        (SETTLED, DONE.model_copy(update={"charged_millicredits": 24}), [(Rule.JOB_CHARGE, 24, 25)]),
        (RELEASED, DONE.model_copy(update={"charged_millicredits": 0}), [(Rule.JOB_CHARGE, 1, 0)]),
        (SETTLED, FAILED, [(Rule.JOB_CHARGE, 0, 25), (Rule.JOB_CHARGE, 0, 1)]),
    ],
)  # fmt: skip
def test_an_audit_names_what_does_not_hold_of_a_job(entries, job, broken):
    """Its row and its entries say the same."""
    found = audit_jobs(ACCOUNT, entries, {JOB: job})
    assert [(one.rule, one.found, one.expected) for one in found] == broken
    assert all((one.account_id, one.job_id) == (ACCOUNT, JOB) for one in found)


def test_a_finding_reads_as_a_sentence():
    """For logs and for operators."""
    about = Finding(rule=Rule.HELD, account_id="acct_1", found=3, expected=4)
    assert str(about) == "not so: held is the sum of the open holds: acct_1: 3, not 4"
    of_job = Finding(rule=Rule.ONE_END, account_id="acct_1", job_id="job_1", found=2, expected=1)
    assert str(of_job) == "not so: a job's hold ends once: acct_1 job_1: 2, not 1"
