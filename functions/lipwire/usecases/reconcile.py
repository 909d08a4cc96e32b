"""All accounts' credits, looked at on a clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.ledger import Finding
from lipwire.ports import AssetStore, Clock, JobStore, Ledger
from lipwire.usecases.reconcile_account import reconcile_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was found in all accounts."""

    accounts: int
    findings: tuple[Finding, ...]
    repaired: tuple[JobId, ...]
    #: Accounts whose credits moved all the time.
    busy: tuple[AccountId, ...]
    #: Accounts that could not be looked at, such as for a row that can't be read, with what was in the way.
    failures: Mapping[AccountId, Exception] = field(default_factory=dict)
    #: Speeches that were paid for and not spoken, and are paid back now.
    paid_back: tuple[AssetId, ...] = ()


def reconcile(
    account_ids: Iterable[AccountId],
    *,
    ledger: Ledger,
    jobs: JobStore,
    assets: AssetStore,
    clock: Clock,
    is_deep: bool,
) -> Reconciliation:
    """Each of these accounts was reconciled; where looking is not deep, only those that hold credits.

    One that can't be looked at holds up none of the others.
    """
    seen = 0
    findings: list[Finding] = []
    repaired: list[JobId] = []
    paid_back: list[AssetId] = []
    busy: list[AccountId] = []
    failures: dict[AccountId, Exception] = {}
    for account_id in account_ids:
        try:
            if not is_deep and ledger.totals(account_id).held == 0:
                continue
            seen += 1
            found = reconcile_account(
                account_id, ledger=ledger, jobs=jobs, assets=assets, clock=clock, is_deep=is_deep
            )
        except Exception as error:  # noqa: BLE001  # whatever it is, the next account is not to suffer from it
            failures[account_id] = error
            continue
        findings += found.findings
        repaired += found.repaired
        paid_back += found.paid_back
        if found.was_busy:
            busy.append(account_id)
    return Reconciliation(
        accounts=seen,
        findings=tuple(findings),
        repaired=tuple(repaired),
        paid_back=tuple(paid_back),
        busy=tuple(busy),
        failures=failures,
    )
