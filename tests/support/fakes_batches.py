"""A fake of `BatchStore`, for rules that need no cloud."""

from lipwire.domain.batches import Batch, BatchLine
from lipwire.domain.errors import InsufficientCreditsError
from tests.support.fakes import FakeJobs


class FakeLines:
    """`BatchLines` in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[BatchLine, ...]] = {}

    def put(self, batch, lines):
        self.rows[batch.id] = tuple(lines)

    def get(self, batch):
        return self.rows.get(batch.id, ())

    def delete(self, batch):
        self.rows.pop(batch.id, None)


class FakeBatches:
    """`BatchStore` over jobs in memory: all or none."""

    def __init__(self, jobs: FakeJobs) -> None:
        self._jobs = jobs
        self.rows: dict[str, Batch] = {}
        self.told: list[dict[str, int]] = []

    def create(self, batch, jobs, *, key_id, most_active, also=None):
        if sum(job.held_millicredits for job in jobs) > self._jobs.available:
            raise InsufficientCreditsError
        if also is not None:
            also(self)
        self.rows[batch.id] = batch
        for job in jobs:
            self._jobs.available -= job.held_millicredits
            self._jobs.rows[job.id] = job

    def get(self, batch_id):
        return self.rows.get(batch_id)

    def open(self, account_id):
        """None of these is large: see `test_large_batches` for those."""
        return ()

    def untold(self, account_id):
        """Nor is any told by the clock: see `test_ended_batches`."""
        return ()

    def awaits(self, account_id, asset_id):
        return any(one.waiting and asset_id in one.asset_ids for one in self.rows.values())

    def jobs(self, batch):
        return tuple(self._jobs.rows[one] for one in batch.job_ids if one in self._jobs.rows)

    def complete(self, batch, counts, *, at):
        if self.rows[batch.id].completed_at is not None:
            return False
        self.rows[batch.id] = batch.model_copy(update={"completed_at": at})
        self.told.append(dict(counts))
        return True
