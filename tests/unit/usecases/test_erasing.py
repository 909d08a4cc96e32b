"""What a deleted job and a deleted asset leave behind: nothing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from lipwire.domain.accounts import AccountStatus
from lipwire.domain.batches import Batch
from lipwire.domain.errors import AccountOpenError, InternalError, JobNotFoundError, JobRunningError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.plans import PLANS
from lipwire.domain.speech import phonemes_key
from lipwire.usecases.erase_account import erase_account
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.sweep_retention import Swept, sweep_retention
from tests.support.builders import ACCOUNT, NOW, a_job, an_account, an_asset
from tests.support.erasable import World
from tests.support.fakes import FakeAccounts, FakeClock


def test_a_deleted_job_leaves_nothing_that_is_its_own():
    """Source, voices, mask, analyses (also the one the render itself made), plans, reports, parts, output, rows."""
    world = World()
    world.delete()
    assert world.jobs.rows == {}
    assert world.assets.rows == {}
    assert world.uploads.keys == set()
    assert world.outputs.keys == {"outputs/other/x"}
    assert world.work_objects.keys == {f"analyses/{ACCOUNT}/{'c' * 64}/retarget-1.npz"}


def test_what_another_job_names_stays():
    """Until that one is deleted too."""
    other = a_job(id=f"job_{'1' * 26}", status=JobStatus.SUCCEEDED, speech_id=f"ast_{3:026d}")
    world = World(other)
    world.delete()
    assert set(world.assets.rows) == {world.named[0].id, world.named[2].id}
    assert f"analyses/{ACCOUNT}/{'a' * 64}/retarget-1.npz" in world.work_objects.keys
    world.delete(other.id)
    assert world.assets.rows == {}
    assert world.uploads.keys == set()


def test_a_deletion_that_died_half_way_is_taken_up_again():
    """After any step: what leads to the bytes leaves last."""
    for steps in range(12):
        world, left = World(), [steps]
        for store in (world.uploads, world.outputs, world.work_objects):
            plain = store.delete_prefix

            def dying(prefix, plain=plain, left=left):
                if left[0] == 0:
                    raise ConnectionError
                left[0] -= 1
                plain(prefix)

            store.delete_prefix = dying
        try:
            world.delete()
        except ConnectionError:
            left[0] = 1000
            world.delete()
        assert world.jobs.rows == {}
        assert world.assets.rows == {}
        assert world.uploads.keys == set()
        assert world.work_objects.keys == {f"analyses/{ACCOUNT}/{'c' * 64}/retarget-1.npz"}


def test_a_batch_is_told_of_before_the_job_that_ended_it_is_gone():
    """The news of that end finds no job any more."""
    world = World()
    batch = Batch(id=f"bat_{1:026d}", account_id=ACCOUNT, job_ids=(world.job.id,), created_at=NOW)
    world.batches.rows[batch.id] = batch
    world.jobs.rows[world.job.id] = world.job.model_copy(update={"batch_id": batch.id})
    world.delete()
    assert world.batches.told == [{"succeeded": 1}]
    assert world.jobs.rows == {}


def test_a_report_that_cannot_be_read_keeps_nothing():
    """Whoever wrote it."""
    world = World()

    def broken(_task_id):
        raise ValueError

    world.work.report = broken
    world.delete()
    assert world.jobs.rows == world.assets.rows == {}


def test_a_list_that_lags_keeps_no_source():
    """What it still names was deleted a moment ago."""
    world = World()
    naming = world.jobs.naming
    gone = a_job(id=f"job_{'9' * 26}", status=JobStatus.SUCCEEDED)
    world.jobs.naming = lambda *asked: iter([*naming(*asked), gone])
    world.delete()
    assert world.assets.rows == {}


def test_an_asset_of_another_account_is_never_erased_with_a_job():
    """However it came to be named."""
    world = World()
    stranger = world.named[1].model_copy(update={"account_id": "acct_other"})
    world.assets.rows[stranger.id] = stranger
    world.delete()
    assert set(world.assets.rows) == {stranger.id}


def test_parts_that_arrived_of_an_unfinished_upload_leave_too():
    """They are bytes like any others."""
    unfinished = an_asset(5, multipart_upload_id="upload-5")
    world = World()
    world.assets.rows[unfinished.id] = unfinished
    erase_asset(unfinished, stores=world, at=NOW)
    assert world.uploads.aborted == [unfinished.key]


def test_bytes_that_arrive_while_their_asset_is_erased_leave_with_it():
    """Their event still found the row, and so left them alone."""
    world, awaited = World(), an_asset(5)
    world.assets.rows[awaited.id] = awaited
    delete = world.assets.delete

    def meanwhile(asset, *, at):
        world.uploads.keys |= {asset.key, phonemes_key(asset.key)}
        delete(asset, at=at)

    world.assets.delete = meanwhile
    before = set(world.uploads.keys)
    erase_asset(awaited, stores=world, at=NOW)
    assert world.uploads.keys == before


def test_only_an_ended_job_of_ones_own_is_deleted():
    """A running one is called off first."""
    world = World(a_job(id=f"job_{'2' * 26}"))
    with pytest.raises(JobRunningError):
        world.delete(f"job_{'2' * 26}")
    with pytest.raises(JobNotFoundError):
        world.delete(f"job_{'3' * 26}")


class Rows:
    """All rows of the world's account."""

    def __init__(self, world) -> None:
        self.world = world
        self.erased: list[str] = []

    def jobs(self, account_id):
        return iter(self.world.jobs.rows.values())

    def assets(self, account_id):
        return iter(self.world.assets.rows.values())

    def erase_job(self, job_id):
        del self.world.jobs.rows[job_id]

    def erase_asset(self, asset_id):
        del self.world.assets.rows[asset_id]

    def erase(self, account_id):
        self.world.jobs.rows.clear()
        self.world.assets.rows.clear()

    def erase_own(self, account_id):
        self.erased.append(account_id)


def test_jobs_are_canceled_and_given_time_before_an_account_is_erased():
    """Their holds are released, their workflows stopped; then nothing of theirs can come after."""
    running = a_job(id=f"job_{'2' * 26}", status=JobStatus.RENDERING)
    world, clock = World(running), FakeClock()
    rows, closed = Rows(world), an_account(status=AccountStatus.CLOSED)
    world.work_objects.keys.add(f"parts/{running.id}/0.mp4")
    before = clock.now()
    erase_account(ACCOUNT, stores=world, rows=rows, accounts=FakeAccounts(closed), clock=clock)
    assert world.jobs.ended == [(running.id, JobStatus.CANCELED)]
    assert clock.now() > before
    assert world.uploads.keys == world.work_objects.keys == set()
    assert rows.erased == [ACCOUNT]


@pytest.mark.parametrize("at", ["erase_job", "erase_asset", "erase"])
def test_bytes_that_arrive_while_their_account_is_erased_leave_with_it(at):
    """Their event still found the asset's row, and so left them alone."""
    world = World()
    rows, key = Rows(world), world.named[1].key
    step = getattr(rows, at)

    def meanwhile(*args):
        world.uploads.keys |= {key, phonemes_key(key)}
        step(*args)

    setattr(rows, at, meanwhile)
    closed = FakeAccounts(an_account(status=AccountStatus.CLOSED))
    erase_account(ACCOUNT, stores=world, rows=rows, accounts=closed, clock=FakeClock())
    assert world.uploads.keys == set()


def test_an_erasure_that_dies_at_its_last_look_is_taken_up_again():
    """The account's own row, which leads to it, is still there."""
    world = World()
    rows, key = Rows(world), world.named[1].key
    erase, look = rows.erase, world.uploads.delete_prefix

    def unreachable(_prefix):
        raise TimeoutError

    def meanwhile(account_id):
        erase(account_id)
        world.uploads.keys.add(key)
        world.uploads.delete_prefix = unreachable

    rows.erase = meanwhile
    closed = FakeAccounts(an_account(status=AccountStatus.CLOSED))
    with pytest.raises(TimeoutError):
        erase_account(ACCOUNT, stores=world, rows=rows, accounts=closed, clock=FakeClock())
    assert rows.erased == []
    rows.erase, world.uploads.delete_prefix = erase, look
    erase_account(ACCOUNT, stores=world, rows=rows, accounts=closed, clock=FakeClock())
    assert (rows.erased, world.uploads.keys) == ([ACCOUNT], set())


def test_each_go_at_a_large_account_leaves_less():
    """What it erased is not looked for again."""
    world, looks = World(), []
    rows, plain = Rows(world), world.work_objects.delete_prefix

    def counted(prefix):
        looks.append(prefix)
        if len(looks) % 9 == 0:
            raise TimeoutError
        plain(prefix)

    world.work_objects.delete_prefix = counted
    closed = FakeAccounts(an_account(status=AccountStatus.CLOSED))
    for _go in range(5):
        with suppress(TimeoutError):
            erase_account(ACCOUNT, stores=world, rows=rows, accounts=closed, clock=FakeClock())
    assert set(rows.erased) == {ACCOUNT}
    assert world.work_objects.keys == set()


def test_only_a_closed_account_is_erased():
    """And one that is gone needs nothing."""
    world = World()
    rows = Rows(world)
    with pytest.raises(AccountOpenError):
        erase_account(
            ACCOUNT,
            stores=world,
            rows=rows,
            accounts=FakeAccounts(an_account()),
            clock=FakeClock(),
        )
    erase_account(
        "acct_gone",
        stores=world,
        rows=rows,
        accounts=FakeAccounts(an_account()),
        clock=FakeClock(),
    )
    assert rows.erased == []
    assert world.jobs.ended == []


class Aged:
    """Everything in the world, whatever its age: the use case must look again."""

    def __init__(self, world) -> None:
        self.world = world

    def jobs(self, *, before):
        return iter(list(self.world.jobs.rows.values()))

    def assets(self, *, before):
        return iter(list(self.world.assets.rows.values()))


def sweep(world, *, days, plan="free"):
    """What one run leaves, that many days after everything was made."""
    clock = FakeClock()
    clock.sleep(days * 86_400)
    accounts = FakeAccounts(an_account(plan=plan))
    return sweep_retention(aged=Aged(world), accounts=accounts, stores=world, clock=clock)


def test_jobs_and_assets_leave_after_their_plans_days():
    """To the day, by the plan the account has now."""
    days = PLANS["free"].retention_days
    world = World()
    assert sweep(world, days=days - 1) == Swept(jobs=0, assets=0)
    assert sweep(world, days=days, plan="pro") == Swept(jobs=0, assets=0)
    assert sweep(world, days=days) == Swept(jobs=1, assets=0)
    assert world.jobs.rows == world.assets.rows == {}
    assert world.uploads.keys == set()
    assert world.outputs.keys == {"outputs/other/x"}


def test_assets_without_jobs_leave_and_those_that_a_kept_job_names_stay():
    """A source of a month ago may be dubbed again today."""
    days = PLANS["free"].retention_days
    young = NOW + timedelta(days=days)
    world = World()
    world.job = world.job.model_copy(update={"finished_at": young})
    world.jobs.rows = {world.job.id: world.job}
    alone = an_asset(5)
    world.assets.rows[alone.id] = alone
    assert sweep(world, days=days) == Swept(jobs=0, assets=1)
    assert alone.id not in world.assets.rows
    assert len(world.assets.rows) == 4


def test_an_asset_whose_bytes_have_left_leaves_too():
    """By the bucket's own rule, a day after any plan: a job that names it can't be made again anyway."""
    world, late = World(), NOW + timedelta(days=40)
    world.jobs.rows = {world.job.id: world.job.model_copy(update={"finished_at": late})}
    assert sweep(world, days=30) == Swept(jobs=0, assets=0)
    assert sweep(world, days=31) == Swept(jobs=0, assets=4)
    assert set(world.jobs.rows) == {world.job.id}


def test_what_cannot_be_swept_holds_up_nothing_else():
    """Each is told, whatever was wrong with it; the rest is gone."""
    days = PLANS["free"].retention_days
    bad, alone = a_job(id=f"job_{'4' * 26}", status=JobStatus.SUCCEEDED), an_asset(5)
    world = World(bad)
    world.assets.rows[alone.id] = alone
    delete, clock = world.jobs.delete, FakeClock()

    def refusing(job):
        if job.id == bad.id:
            raise ConnectionError
        delete(job)

    world.jobs.delete = refusing
    clock.sleep(days * 86_400)

    class Unreadable(Aged):
        def jobs(self, *, before):
            yield bad
            yield world.job
            raise InternalError(rows=["job_x"])

        def assets(self, *, before):
            yield from super().assets(before=before)
            raise InternalError

    found = sweep_retention(
        aged=Unreadable(world),
        accounts=FakeAccounts(an_account(plan="free")),
        stores=world,
        clock=clock,
    )
    assert (found.jobs, found.assets) == (1, 1)
    assert set(found.failures) == {bad.id, "job_x", "unknown"}
    assert set(world.jobs.rows) == {bad.id}


def test_a_job_that_still_works_is_not_swept():
    """However old it is: the reconciler ends those that are lost."""
    world = World()
    world.jobs.rows = {world.job.id: world.job.model_copy(update={"status": JobStatus.RENDERING})}
    assert sweep(world, days=100) == Swept(jobs=0, assets=0)
