"""Whatever a process was doing when it died, a job's money comes out right without anybody."""

import pytest

from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import by_job
from tests.support.builders import ACCOUNT
from tests.support.kill_points import (
    CANCEL,
    CREATE,
    DOCUMENT,
    LIVES,
    filled,
    kill_points,
    killed_at,
)
from tests.support.memory_dynamodb import Fault

POINTS = kill_points()
FAULTS = [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST, Fault.REPEATED]


def test_there_are_enough_points_and_the_document_lists_them():
    """Else: `python -m tests.support.kill_points --write`."""
    assert len(POINTS) >= 12
    assert {point.name for point in POINTS} >= {"create", "settle", "fail", "cancel", "publish"}
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == filled(text)


@pytest.mark.fault(85)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p.life}-{p.name}-{p.effect}")
def test_a_kill_point_recovers_by_itself(point, fault):
    """One hold, one end, nothing held, everything told, the workflow started once; no rule broken."""
    life = killed_at(point, fault)
    world, job = life.world, life.job
    assert world.findings() == []
    assert world.dynamodb.tables["outbox"] == {}
    assert world.ledger.totals(ACCOUNT).held == 0
    assert world.limits.active(ACCOUNT) == frozenset()
    act = LIVES[point.life][point.act]
    # Nobody repeats a request for the customer: one that died before its transaction was never made. An asset that was
    # written twice by one try is drawn again.
    was_made = not (act is CREATE and fault is Fault.CRASH_BEFORE) and not (
        act is CREATE and point.effect == 0 and fault in {Fault.CRASH_AFTER, Fault.LOST}
    )
    assert (job is not None) is was_made
    if job is None:
        assert by_job(world.ledger.entries(ACCOUNT)) == {}
        return
    wanted = JobStatus(point.life)
    if act is CANCEL and fault is Fault.CRASH_BEFORE:
        wanted = JobStatus.SUCCEEDED
    assert job.status is wanted
    money = by_job(world.ledger.entries(ACCOUNT))[job.id]
    assert len(money.ends) == 1
    assert money.charged == (8_000 if wanted is JobStatus.SUCCEEDED else 0)
    assert world.outside.started == [job.id]
    told = {"succeeded": "JobSucceeded", "failed": "JobFailed", "canceled": "JobCanceled"}
    assert {"JobCreated", told[wanted]} <= set(world.outside.events)
    assert not {*told.values()} - {told[wanted]} & set(world.outside.events)
