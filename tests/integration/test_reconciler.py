"""The clock's function as it is deployed: its rights, its layer, its repairs."""

import pytest

from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import totals
from tests.integration.test_stores import Stores
from tests.support.builders import NOW


@pytest.mark.parametrize("handler", ["repair_ledger", "audit_ledger"])
def test_it_ends_holds_that_nothing_would_end(platform, handler):
    """A job that lost its workflow months ago, and a hold whose job was never made."""
    stores = Stores(platform)
    stores.ledger.grant(stores.account_id, 20_000, grant_id="first", at=NOW)
    lost, orphan = stores.job(), stores.job()
    for job in (lost, orphan):
        stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    stores.jobs.delete(orphan)
    aws = platform.aws("lambda")
    pages = aws.get_paginator("list_functions").paginate()
    name = next(
        function["FunctionName"]
        for page in pages
        for function in page["Functions"]
        if function["Handler"] == f"schedules.{handler}.handler.handler"
    )
    answer = aws.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    failed = stores.jobs.get(lost.id)
    # The row wakes a workflow, which ends the job itself where it is the quicker one: its assets were never made.
    assert failed.status is JobStatus.FAILED
    assert failed.error.code in {"render_timed_out", "asset_not_found"}
    entries, cache = (
        stores.ledger.entries(stores.account_id),
        stores.ledger.totals(stores.account_id),
    )
    assert cache == totals(entries, version=cache.version)
    assert (cache.held, cache.available) == (0, 20_000)
    assert stores.limits.active(stores.account_id) == frozenset()
