"""A large batch over tables in memory, and the consumer that fills it."""

from lipwire.domain.commands import CancelBatch, CreateBatch, CreateJob
from lipwire.domain.ids import JobId
from lipwire.domain.plans import PlanChanges
from lipwire.usecases import create_batch as creating
from lipwire.usecases import fill_batches as filling
from lipwire.usecases.cancel_batch import cancel_batch
from lipwire.usecases.close_batch import close_batch
from lipwire.usecases.erase_job import erase_job
from lipwire.usecases.refill_batches import refill_batches
from tests.support.builders import ACCOUNT, a_caller
from tests.support.erasable import Bucket
from tests.support.fakes import AnyUrl, FakeEngines
from tests.support.fakes_batches import FakeLines
from tests.support.fakes_consents import FakeConsents
from tests.support.money_world import SOURCE, VOICES, World

PAIR = CreateJob(source_id=SOURCE.id, speech_id=VOICES[2].id)
BY_URL = PAIR.model_copy(update={"source_id": None, "source_url": "https://a.test/v.mp4"})


class Lines(FakeLines):
    """The file, whose writes can fail like all others."""

    def __init__(self, world):
        super().__init__()
        self.happen = world.dynamodb.happen

    def put(self, batch, lines):
        self.happen("the file", lambda: FakeLines.put(self, batch, lines))

    def delete(self, batch):
        self.happen("the file", lambda: FakeLines.delete(self, batch))


class Stage:
    """An account with room for so many jobs at once, and what comes of one batch."""

    def __init__(self, *, room=3, plan=None, credits=1_000_000):
        self.world = world = World()
        world.grant(credits, "first")
        world.accounts.set_plan(ACCOUNT, "custom", PlanChanges(max_active_jobs=plan or room + 1))
        self.lines = world.batch_lines = Lines(world)
        world.outputs, world.work_objects = Bucket(), Bucket()

    def create(self, *jobs):
        """POST, once; its view, or None where it died or was refused."""
        return self.world.attempt(self.ask, *jobs)

    def ask(self, *jobs):
        world = self.world
        return creating.create_batch(
            CreateBatch(jobs=jobs),
            a_caller(),
            batches=world.batches,
            consents=FakeConsents(),
            consent_required=False,
            assets=world.assets,
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            source_urls=AnyUrl(),
            clock=world.clock,
            ids=world.ids,
            lines=lambda: self.lines,
            ledger=lambda: world.ledger,
        )

    def hear(self, job_id=None):
        """What the consumer does of an event; its queue brings one back that it died of."""
        world = self.world

        def once():
            if job_id is not None:
                close_batch(job_id, jobs=world.jobs, batches=world.batches, clock=world.clock)
            filling.fill_batches(ACCOUNT, stores=world)
            return True

        for _ in range(3):
            if world.attempt(once):
                return
        raise AssertionError("the queue gave it up")

    def end_one(self):
        """The oldest job that works fails, which is tried again like any step; False where none works."""
        active = sorted(self.world.limits.active(ACCOUNT))
        if not active:
            return False
        while not self.world.attempt(lambda: (self.world.fail(active[0]), True)):
            pass
        self.hear(active[0])
        return True

    def cancel(self, batch_id):
        """POST; its view."""
        command = CancelBatch(batch_id=batch_id)
        return cancel_batch(command, a_caller(), stores=self.world, results=None)

    def erase(self, job_id):
        """DELETE of a job that has ended."""
        world = self.world
        erase_job(world.jobs.get(job_id), stores=world, at=world.clock.now())

    def sweep(self, *more):
        """The clock."""
        return refill_batches([*more, *self.world.accounts.ids()], stores=self.world)

    @property
    def batch(self):
        """The only one."""
        (pk,) = [pk for (pk,) in self.world.dynamodb.tables["jobs"] if pk.startswith("bat_")]
        return self.world.batches.get(pk)

    @property
    def jobs(self):
        """All that were made."""
        rows = self.world.dynamodb.tables["jobs"]
        return [self.world.jobs.get(JobId(pk)) for (pk,) in rows if pk.startswith("job_")]
