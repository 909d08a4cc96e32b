"""What a reconciliation found, as metrics and log lines."""

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from lipwire.bootstrap import App
from lipwire.observability import logger
from lipwire.resources import LedgerMetric
from lipwire.usecases.reconcile import Reconciliation, reconcile


def reconcile_and_tell(app: App, *, is_deep: bool) -> Reconciliation:
    """Reconcile all accounts, and count: accounts, findings, repairs, and accounts that were too busy.

    Raises what was in the way of the first account that could not be looked at, after all others.
    """
    found = reconcile(
        app.accounts.ids(),
        ledger=app.ledger,
        jobs=app.jobs,
        assets=app.assets,
        clock=app.clock,
        is_deep=is_deep,
    )
    for finding in found.findings:
        logger.error(
            "ledger rule broken",
            rule=finding.rule.value,
            account_id=finding.account_id,
            job_id=finding.job_id,
            found=finding.found,
            expected=finding.expected,
        )
    for account_id, error in found.failures.items():
        logger.error("account not reconciled", account_id=account_id, exc_info=error)
    for job_id in found.repaired:
        logger.warning("hold ended", job_id=job_id)
    for asset_id in found.paid_back:
        logger.warning("speech paid back", asset_id=asset_id)
    counts = {
        "LedgerAccounts": found.accounts,
        LedgerMetric.FINDINGS: len(found.findings),
        "LedgerRepairs": len(found.repaired) + len(found.paid_back),
        "LedgerBusyAccounts": len(found.busy),
    }
    metrics = Metrics(namespace=LedgerMetric.NAMESPACE, service=LedgerMetric.SERVICE)
    metrics.add_dimension(name="stage", value=app.settings.stage)
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
    logger.info("ledger reconciled", accounts=found.accounts, repaired=len(found.repaired))
    if found.failures:
        raise next(iter(found.failures.values()))
    return found
