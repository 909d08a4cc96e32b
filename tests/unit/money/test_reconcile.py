"""The reconciler repairs what has one right answer, once, and finds the rest."""

from datetime import timedelta

import pytest

from lipwire.adapters.dynamodb.table import to_item
from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import Rule
from lipwire.usecases.reconcile import reconcile
from tests.support.builders import ACCOUNT, NOW
from tests.support.money_world import World


@pytest.fixture
def world() -> World:
    """An account with 60 credits."""
    made = World()
    made.grant(60_000, "first")
    return made


def ended_with_open_hold(world: World, status: JobStatus) -> str:
    """A job whose row has ended, while its ledger was restored from before its end."""
    job = world.create(2)
    world.validate(job.id)
    world.begin_rendering(job.id)
    saved = dict(world.dynamodb.tables["ledger"])
    saved = {key: dict(item) for key, item in saved.items()}
    if status is JobStatus.SUCCEEDED:
        world.render(job.id, 50)
        world.settle(job.id)
    elif status is JobStatus.FAILED:
        world.fail(job.id)
    else:
        world.cancel(job.id)
    world.dynamodb.tables["ledger"] = saved
    assert [one.rule for one in world.findings()] == [Rule.ENDED_JOB]
    return job.id


@pytest.mark.parametrize(
    ("status", "kind", "charged"),
    [
        (JobStatus.SUCCEEDED, "SETTLE", 2_000),
        (JobStatus.FAILED, "RELEASE", 0),
        (JobStatus.CANCELED, "RELEASE", 0),
    ],
)
@pytest.mark.parametrize("is_deep", [False, True])
def test_an_ended_jobs_open_hold_ends_as_the_job_did(world, status, kind, charged, is_deep):
    """Settled to what the job says it cost, or released; the second look finds nothing to do."""
    job_id = ended_with_open_hold(world, status)
    found = world.reconcile(is_deep=is_deep)
    assert (found.repaired, found.findings, found.accounts) == ((job_id,), (), 1)
    money = world.ledger.of_job(ACCOUNT, job_id)
    assert [one.kind for one in money.ends] == [kind]
    assert (money.charged, world.ledger.totals(ACCOUNT).held) == (charged, 0)
    assert world.findings() == []
    assert world.reconcile().repaired == ()


def test_a_job_that_says_it_cost_more_than_its_hold_is_nobodys_to_guess(world):
    """Found, not repaired."""
    job_id = ended_with_open_hold(world, JobStatus.SUCCEEDED)
    world.dynamodb.tables["jobs"][job_id,]["charged_millicredits"] = {"N": "3001"}
    found = world.reconcile()
    assert found.repaired == ()
    assert [one.rule for one in found.findings] == [Rule.ENDED_JOB]


@pytest.mark.fault(88)
def test_an_open_hold_without_a_job_is_released_after_an_hour(world):
    """Not before: a job may be on its way."""
    job = world.create(2)
    del world.dynamodb.tables["jobs"][job.id,]
    world.wait(timedelta(hours=1) - timedelta(seconds=1))
    found = world.reconcile()
    assert (found.repaired, [one.rule for one in found.findings]) == ((), [Rule.JOB_EXISTS])
    world.wait(timedelta(seconds=1))
    assert world.reconcile().repaired == (job.id,)
    assert world.ledger.totals(ACCOUNT).available == 60_000
    assert world.limits.active(ACCOUNT) == frozenset()
    assert world.findings() == []


@pytest.mark.fault(88)
def test_a_job_that_has_lost_its_workflow_fails_after_a_day(world):
    """Free of charge, with a code, and told."""
    job = world.create(2)
    world.wait(timedelta(hours=24) - timedelta(seconds=1))
    assert world.reconcile().repaired == ()
    world.wait(timedelta(seconds=1))
    found = world.reconcile()
    assert (found.repaired, found.findings) == ((job.id,), ())
    failed = world.jobs.get(job.id)
    assert (failed.status, failed.error.code) == (JobStatus.FAILED, "render_timed_out")
    world.publish()
    assert "JobFailed" in world.outside.events
    assert world.findings() == []


def test_a_shallow_look_passes_accounts_that_hold_nothing(world):
    """What is wrong there is found at night."""
    world.dynamodb.tables["ledger"][ACCOUNT, "BALANCE"]["balance"] = {"N": "1"}
    shallow = world.reconcile(is_deep=False)
    assert (shallow.accounts, shallow.findings) == (0, ())
    deep = world.reconcile(is_deep=True)
    assert deep.accounts == 1
    assert {one.rule for one in deep.findings} == {Rule.BALANCE, Rule.AVAILABLE}


def test_a_deep_look_reads_every_job(world):
    """One that has ended long ago too."""
    job = world.create(2)
    world.cancel(job.id)
    world.dynamodb.tables["jobs"][job.id,]["charged_millicredits"] = {"N": "5"}
    assert world.reconcile(is_deep=False).findings == ()
    (found,) = world.reconcile(is_deep=True).findings
    assert (found.rule, found.job_id, found.found, found.expected) == (
        Rule.JOB_CHARGE,
        job.id,
        5,
        0,
    )


def test_more_jobs_than_a_page_holds_are_all_read(world):
    """The 101st as well as the first."""
    world.grant(10**7, "more")
    made = []
    for _ in range(101):
        job = world.create(2)
        world.cancel(job.id)
        made.append(job.id)
    for job_id in (min(made), max(made)):
        world.dynamodb.tables["jobs"][job_id,]["charged_millicredits"] = {"N": "5"}
    found = world.reconcile(is_deep=True).findings
    assert {one.job_id for one in found} == {min(made), max(made)}


class Moving:
    """A ledger whose credits move whenever it is read, so often."""

    def __init__(self, world: World, times: int) -> None:
        self._world, self._times = world, times

    def __getattr__(self, name: str):
        return getattr(self._world.ledger, name)

    def entries(self, account_id: str):
        found = self._world.ledger.entries(account_id)
        if self._times:
            self._times -= 1
            self._world.grant(1, f"move{self._times}", at=NOW)
        return found


@pytest.mark.parametrize(("times", "is_busy"), [(4, False), (5, True)])
def test_an_account_that_moves_is_looked_at_again(world, times, is_busy):
    """Five times; then it is told as busy, and nothing is found that was only between two writes."""
    found = reconcile(
        [ACCOUNT],
        ledger=Moving(world, times),
        jobs=world.jobs,
        assets=world.assets,
        clock=world.clock,
        is_deep=True,
    )
    assert found.findings == ()
    assert found.busy == ((ACCOUNT,) if is_busy else ())


def test_a_repair_is_told_even_where_the_second_look_finds_the_account_busy(world):
    """The hold has ended all the same."""
    job_id = ended_with_open_hold(world, JobStatus.FAILED)
    moving = Moving(world, 0)
    world.dynamodb.faults = {len(world.dynamodb.writes): lambda: setattr(moving, "_times", 5)}
    found = reconcile(
        [ACCOUNT],
        ledger=moving,
        jobs=world.jobs,
        assets=world.assets,
        clock=world.clock,
        is_deep=False,
    )
    assert (found.repaired, found.busy) == ((job_id,), (ACCOUNT,))


@pytest.mark.parametrize("is_deep", [False, True])
def test_an_account_that_cannot_be_read_holds_up_no_other(world, is_deep):
    """It is told; what the others need is repaired."""
    job_id = ended_with_open_hold(world, JobStatus.FAILED)
    bad = "acct_bad"
    world.dynamodb.tables["ledger"][bad, "BALANCE"] = to_item(
        {"pk": bad, "sk": "BALANCE", "held": 1}
    )
    world.dynamodb.tables["ledger"][bad, "HOLD#job_x#1"] = to_item(
        {"pk": bad, "sk": "HOLD#job_x#1"}
    )
    found = reconcile(
        [bad, ACCOUNT],
        ledger=world.ledger,
        jobs=world.jobs,
        assets=world.assets,
        clock=world.clock,
        is_deep=is_deep,
    )
    assert list(found.failures) == [bad]
    assert (found.repaired, found.accounts) == ((job_id,), 2)


def test_two_reconcilers_end_a_hold_once(world):
    """The second finds it ended, and says that it did nothing."""
    ended_with_open_hold(world, JobStatus.FAILED)
    world.dynamodb.faults = {len(world.dynamodb.writes): world.reconcile}
    assert world.reconcile().repaired == ()
    assert world.findings() == []
