"""Whether an account's credits, entries and jobs agree, and what a crash left between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.ledger import (
    Entry,
    Finding,
    JobMoney,
    audit_account,
    audit_jobs,
    by_job,
    unreturned,
)
from lipwire.ports import AssetStore, Clock, JobStore, Ledger
from lipwire.usecases.fail_job import fail_job
from lipwire.usecases.give_up_awaited import give_up_awaited

#: Longer than any workflow runs: a job that still runs after it has lost its workflow.
LOST_AFTER: Final = timedelta(hours=24)
#: Longer than any request takes: an open hold without a job will not get one.
ORPHANED_AFTER: Final = timedelta(hours=1)
#: Longer than any analysis runs, and less than the row of what was never spoken is kept: two days.
UNSPOKEN_AFTER: Final = timedelta(hours=12)
#: By then that row has left.
_FORGOTTEN_AFTER: Final = timedelta(days=5)
#: An account whose credits move while it is looked at is looked at again, so often.
_LOOKS: Final = 5
_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What was found in an account."""

    #: What does not hold and is nobody's to guess: an operator must look.
    findings: tuple[Finding, ...] = ()
    #: Holds that were ended.
    repaired: tuple[JobId, ...] = ()
    #: Speeches that were paid for and not spoken, and are paid back now.
    paid_back: tuple[AssetId, ...] = ()
    #: Credits moved at every look, so nothing is known.
    was_busy: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """The account at one moment: no credits moved while it was read."""

    findings: tuple[Finding, ...]
    jobs: dict[JobId, Job | None]
    money: dict[JobId, JobMoney]
    #: Charges of speech that have no refund.
    unreturned: tuple[Entry, ...]


def reconcile_account(
    account_id: AccountId,
    *,
    ledger: Ledger,
    jobs: JobStore,
    assets: AssetStore,
    clock: Clock,
    is_deep: bool,
) -> Reconciled:
    """Holds that nothing will end any more were ended, each once; what else does not hold is given back.

    Four things are repaired, because only one thing can be right: an ended job's open hold ends as the job did; the open
    hold of a job that was never made is released; a job that has run longer than any workflow can is failed, free of
    charge; a speech that was paid for half a day ago and is still not spoken is paid back. Everything else, such as a balance that is not the sum of its entries, is found and left as it is.

    With `is_deep` every job of the account is looked at, and every speech of late; else jobs whose holds are open.
    """
    look = _look(account_id, ledger, jobs, is_deep=is_deep)
    if look is None:
        return Reconciled(was_busy=True)
    now = clock.now()
    repaired = tuple(
        job_id
        for job_id, money in look.money.items()
        if money.is_open and _ended(account_id, job_id, look.jobs[job_id], money, jobs, now)
    )
    paid_back = _paid_back(look.unreturned, assets, clock) if is_deep else ()
    if repaired or paid_back:
        look = _look(account_id, ledger, jobs, is_deep=is_deep)
        if look is None:
            return Reconciled(repaired=repaired, paid_back=paid_back, was_busy=True)
    return Reconciled(findings=look.findings, repaired=repaired, paid_back=paid_back)


def _paid_back(charges: tuple[Entry, ...], assets: AssetStore, clock: Clock) -> tuple[AssetId, ...]:
    """The speeches that waited too long to be spoken, each paid back once."""
    now = clock.now()
    return tuple(
        entry.asset_id
        for entry in charges
        if entry.asset_id is not None
        and UNSPOKEN_AFTER < now - entry.created_at < _FORGOTTEN_AFTER
        and give_up_awaited(entry.asset_id, assets=assets, clock=clock)
    )


def _ended(
    account_id: AccountId,
    job_id: JobId,
    job: Job | None,
    money: JobMoney,
    jobs: JobStore,
    now: datetime,
) -> bool:
    """Whether this open hold was one that nothing would have ended, and is ended now."""
    if job is None:
        if max(entry.created_at for entry in money.holds) > now - ORPHANED_AFTER:
            return False
        return jobs.end_hold(account_id, job_id, held=money.held, charge=None, had_job=False)
    if not job.is_final:
        if job.updated_at > now - LOST_AFTER:
            return False
        fail_job(job_id, "States.Timeout", "", jobs=jobs)
        return True
    charge = None
    if job.status is JobStatus.SUCCEEDED:
        charge = Millicredits(job.charged_millicredits or 0)
        if charge > money.held:
            return False
    return jobs.end_hold(account_id, job_id, held=money.held, charge=charge, had_job=True)


def _look(account_id: AccountId, ledger: Ledger, jobs: JobStore, *, is_deep: bool) -> _Look | None:
    for _ in range(_LOOKS):
        cache = ledger.totals(account_id)
        entries = ledger.entries(account_id)
        rows = _rows(account_id, entries, jobs, is_deep=is_deep)
        if ledger.totals(account_id) == cache:
            findings = audit_account(account_id, cache, entries)
            findings += audit_jobs(account_id, entries, rows)
            return _Look(findings, rows, by_job(entries), unreturned(entries))
    return None


def _rows(
    account_id: AccountId, entries: tuple[Entry, ...], jobs: JobStore, *, is_deep: bool
) -> dict[JobId, Job | None]:
    """Jobs with open holds, and all others when looking deep. What a list says is old news: what it seems to break is read."""
    rows = {job_id: jobs.get(job_id) for job_id, money in by_job(entries).items() if money.is_open}
    if is_deep:
        for listed in _all(account_id, jobs):
            if listed.id not in rows:
                job: Job | None = listed
                if audit_jobs(account_id, entries, {listed.id: listed}):
                    job = jobs.get(listed.id)
                rows[listed.id] = job
    return rows


def _all(account_id: AccountId, jobs: JobStore) -> Iterator[Job]:
    cursor = None
    while True:
        page = jobs.list(account_id, status=None, limit=_PAGE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
