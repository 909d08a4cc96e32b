"""A fake of `BatchStore`, for rules that need no cloud."""

from lipwire.domain.batches import Batch
from lipwire.domain.errors import InsufficientCreditsError
from tests.support.fakes import FakeJobs


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

    def jobs(self, batch):
        return tuple(self._jobs.rows[one] for one in batch.job_ids if one in self._jobs.rows)

    def complete(self, batch, counts, *, at):
        if self.rows[batch.id].completed_at is not None:
            return False
        self.rows[batch.id] = batch.model_copy(update={"completed_at": at})
        self.told.append(dict(counts))
        return True
