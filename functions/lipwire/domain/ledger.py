"""The ledger: append-only entries, what they add up to, and what must hold between them, the balance and the jobs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.model import Model


class EntryKind(StrEnum):
    """Why credits moved."""

    #: Credits added.
    GRANT = "GRANT"
    #: Credits reserved for a job; a job has one hold, in one entry or more.
    HOLD = "HOLD"
    #: A hold's end without a charge.
    RELEASE = "RELEASE"
    #: A hold's end with a charge of at most the hold.
    SETTLE = "SETTLE"
    #: Spent at once, without a hold: speech that is made on its own.
    CHARGE = "CHARGE"
    #: Some or all of a charge given back, later.
    REFUND = "REFUND"
    #: An operator's correction, of either sign.
    ADJUST = "ADJUST"


#: How an entry of each kind changes what the account owns. Holds and their releases move nothing, they reserve.
SIGN = {
    EntryKind.GRANT: 1,
    EntryKind.REFUND: 1,
    EntryKind.ADJUST: 1,
    EntryKind.SETTLE: -1,
    EntryKind.CHARGE: -1,
    EntryKind.HOLD: 0,
    EntryKind.RELEASE: 0,
}
ENDS = frozenset({EntryKind.SETTLE, EntryKind.RELEASE})


class Entry(Model):
    """One movement of credits; written once, never changed."""

    account_id: AccountId
    #: Unique within the account: what makes each movement possible once.
    key: str
    kind: EntryKind
    #: Never negative, except for ADJUST.
    amount_millicredits: Millicredits
    #: Of a SETTLE or RELEASE: the whole hold that it ends.
    held_millicredits: Millicredits | None = None
    job_id: JobId | None = None
    #: Of a CHARGE, and of its REFUND: the speech.
    asset_id: AssetId | None = None
    #: Of a HOLD or CHARGE: name and version of the price list.
    price_list: str | None = None
    #: Of a REFUND: the operator's own key.
    refund_key: str | None = None
    note: str | None = None
    created_at: datetime


def grant_key(grant_id: str) -> str:
    """Of a GRANT."""
    return f"GRANT#{grant_id}"


def adjust_key(adjust_id: str) -> str:
    """Of an ADJUST."""
    return f"ADJUST#{adjust_id}"


def hold_key(job_id: JobId, number: int) -> str:
    """Of a job's first, second, … HOLD."""
    return f"HOLD#{job_id}#{number}"


def end_key(job_id: JobId) -> str:
    """Of the one SETTLE or RELEASE that a job can have."""
    return f"END#{job_id}"


def charge_key(asset_id: AssetId) -> str:
    """Of the one CHARGE that a speech can have."""
    return f"CHARGE#{asset_id}"


def charge_back_key(asset_id: AssetId) -> str:
    """Of the one REFUND of a speech that came to nothing."""
    return f"REFUND#{asset_id}"


def refund_key(job_id: JobId, number: int) -> str:
    """Of a job's first, second, … REFUND."""
    return f"REFUND#{job_id}#{number}"


class Totals(NamedTuple):
    """The cache that an account's row keeps of its entries."""

    balance: int = 0
    held: int = 0
    available: int = 0
    #: One more with each transaction that moves credits.
    version: int = 0


class JobMoney(NamedTuple):
    """All that the ledger says of one job."""

    holds: tuple[Entry, ...] = ()
    ends: tuple[Entry, ...] = ()
    refunds: tuple[Entry, ...] = ()

    @property
    def held(self) -> Millicredits:
        """Reserved in all, whether or not it has ended since."""
        return Millicredits(sum(entry.amount_millicredits for entry in self.holds))

    @property
    def charged(self) -> Millicredits:
        """Settled in all."""
        return Millicredits(
            sum(one.amount_millicredits for one in self.ends if one.kind is EntryKind.SETTLE)
        )

    @property
    def refunded(self) -> Millicredits:
        """Given back in all."""
        return Millicredits(sum(entry.amount_millicredits for entry in self.refunds))

    @property
    def is_open(self) -> bool:
        """Whether credits are still reserved for it."""
        return bool(self.holds) and not self.ends


def by_job(entries: Iterable[Entry]) -> dict[JobId, JobMoney]:
    """Entries about jobs, each job's together."""
    sorted_: dict[JobId, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if entry.job_id is not None:
            group = "ends" if entry.kind in ENDS else f"{entry.kind.lower()}s"
            sorted_[entry.job_id][group].append(entry)
    return {
        job_id: JobMoney(**{name: tuple(found) for name, found in groups.items()})
        for job_id, groups in sorted_.items()
    }


def unreturned(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The charges of speech that have no refund."""
    entries = tuple(entries)
    keys = {entry.key for entry in entries}
    return tuple(
        entry
        for entry in entries
        if entry.kind is EntryKind.CHARGE
        and entry.asset_id is not None
        and charge_back_key(entry.asset_id) not in keys
    )


def totals(entries: Iterable[Entry], *, version: int = 0) -> Totals:
    """What the entries add up to."""
    entries = tuple(entries)
    balance = sum(SIGN[entry.kind] * entry.amount_millicredits for entry in entries)
    held = sum(money.held for money in by_job(entries).values() if money.is_open)
    return Totals(balance=balance, held=held, available=balance - held, version=version)


class Rule(StrEnum):
    """What must hold; a broken one is named by its value."""

    BALANCE = "balance is the sum of the entries"
    HELD = "held is the sum of the open holds"
    AVAILABLE = "available is the balance without what is held"
    NOT_NEGATIVE = "nothing is below zero"
    ONE_END = "a job's hold ends once"
    END_NEEDS_HOLD = "only a hold can end"
    SETTLED_WITHIN_HOLD = "no job is charged more than its hold"
    REFUNDED_WITHIN_CHARGE = "no job is refunded more than its charge"
    ENDED_JOB = "an ended job has no open hold"
    OPEN_JOB = "a job that runs has an open hold"
    JOB_HOLD = "a job's row says what its holds add up to"
    JOB_CHARGE = "a job's row says what it was charged"
    SPEECH_REFUND = "a speech is refunded its charge, once"
    JOB_EXISTS = "an open hold has its job"


class Finding(NamedTuple):
    """A rule that does not hold for an account or one of its jobs."""

    rule: Rule
    account_id: AccountId
    job_id: JobId | None = None
    #: What is there, and what should be.
    found: int = 0
    expected: int = 0

    def __str__(self) -> str:
        about = f"{self.account_id} {self.job_id}" if self.job_id else self.account_id
        return f"not so: {self.rule.value}: {about}: {self.found}, not {self.expected}"


def audit_account(
    account_id: AccountId, cache: Totals, entries: Iterable[Entry]
) -> tuple[Finding, ...]:
    """What does not hold between the entries of an account and the cache of them."""
    entries = tuple(entries)
    true = totals(entries)
    compared = [
        (Rule.BALANCE, cache.balance, true.balance),
        (Rule.HELD, cache.held, true.held),
        (Rule.AVAILABLE, cache.available, cache.balance - cache.held),
        (Rule.NOT_NEGATIVE, min(0, cache.balance, cache.held, cache.available), 0),
    ]
    found = [
        Finding(rule=rule, account_id=account_id, found=is_, expected=should)
        for rule, is_, should in compared
        if is_ != should
    ]
    for job_id, money in by_job(entries).items():
        judged = [
            (Rule.ONE_END, len(money.ends), min(1, len(money.ends))),
            (Rule.END_NEEDS_HOLD, int(bool(money.ends) and not money.holds), 0),
            (Rule.SETTLED_WITHIN_HOLD, money.charged, min(money.charged, money.held)),
            (Rule.REFUNDED_WITHIN_CHARGE, money.refunded, min(money.refunded, money.charged)),
        ]
        found += [
            Finding(rule=rule, account_id=account_id, job_id=job_id, found=is_, expected=should)
            for rule, is_, should in judged
            if is_ != should
        ]
    charges = {one.asset_id: one.amount_millicredits for one in entries if _is_charge(one)}
    for entry in entries:
        if entry.kind is EntryKind.REFUND and entry.asset_id is not None:
            is_, should = entry.amount_millicredits, charges.get(entry.asset_id, 0)
            if is_ != should:
                found.append(
                    Finding(
                        rule=Rule.SPEECH_REFUND, account_id=account_id, found=is_, expected=should
                    )
                )
    return tuple(found)


def _is_charge(entry: Entry) -> bool:
    return entry.kind is EntryKind.CHARGE


def audit_jobs(
    account_id: AccountId, entries: Iterable[Entry], jobs: Mapping[JobId, Job | None]
) -> tuple[Finding, ...]:
    """What does not hold between the entries of an account and these rows of jobs; None is a row that is not there."""
    money = by_job(entries)
    found = []
    for job_id, job in jobs.items():
        of_job = money.get(job_id, JobMoney())
        found += [
            Finding(rule=rule, account_id=account_id, job_id=job_id, found=is_, expected=should)
            for rule, is_, should in _judged(of_job, job)
            if is_ != should
        ]
    return tuple(found)


def _judged(money: JobMoney, job: Job | None) -> list[tuple[Rule, int, int]]:
    if job is None:
        return [(Rule.JOB_EXISTS, int(money.is_open), 0)]
    judged = [(Rule.JOB_HOLD, job.held_millicredits, money.held)]
    if not job.is_final:
        return [*judged, (Rule.OPEN_JOB, int(money.is_open), 1)]
    if money.is_open:
        return [*judged, (Rule.ENDED_JOB, 1, 0)]
    settled = any(entry.kind is EntryKind.SETTLE for entry in money.ends)
    return [
        *judged,
        (Rule.JOB_CHARGE, job.charged_millicredits or 0, money.charged),
        (Rule.JOB_CHARGE, int(job.status is JobStatus.SUCCEEDED), int(settled)),
    ]
