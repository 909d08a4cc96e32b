"""An ended job and everything that was made for it, in buckets that know keys alone."""

from types import SimpleNamespace

from lipwire.domain.assets import Analysis, AnalysisStatus
from lipwire.domain.commands import DeleteJob
from lipwire.domain.jobs import JobStatus, RenderReport
from lipwire.domain.options import JobOptions
from lipwire.usecases.delete_job import delete_job
from tests.support.builders import ACCOUNT, a_caller, a_job, an_asset
from tests.support.fakes import FakeAssets, FakeClock, FakeJobs, FakeWork
from tests.support.fakes_batches import FakeBatches


class Bucket:
    """Keys, deleted by prefix."""

    def __init__(self, *keys: str) -> None:
        self.keys = set(keys)
        self.aborted: list[str] = []

    def delete_prefix(self, prefix: str) -> None:
        self.keys = {key for key in self.keys if not key.startswith(prefix)}

    def abort_unfinished(self, prefix: str) -> None:
        self.aborted.append(prefix)


class Assets(FakeAssets):
    """Assets that can be deleted."""

    def delete(self, asset, *, at):
        del self.rows[asset.id]


class Jobs(FakeJobs):
    """Jobs that can be deleted and looked through."""

    def delete(self, job):
        del self.rows[job.id]

    def naming(self, account_id, asset_id):
        return iter([one for one in self.rows.values() if asset_id in one.asset_ids])


class World(SimpleNamespace):
    """One ended job with a source, two voices and a mask, and everything that was made for it."""

    def __init__(self, *more_jobs) -> None:
        done = Analysis(status=AnalysisStatus.DONE, sha256="a" * 64)
        self.named = [an_asset(1, analysis=done), an_asset(2), an_asset(3), an_asset(4)]
        ids = [asset.id for asset in self.named]
        self.job = a_job(
            status=JobStatus.SUCCEEDED,
            source_id=ids[0],
            speech_id=ids[1],
            options=JobOptions(second_speech_id=ids[2], mask_id=ids[3]),
        )
        self.report = RenderReport(sha256="b" * 64)
        jobs = Jobs(self.job, *more_jobs)
        super().__init__(
            jobs=jobs,
            batches=FakeBatches(jobs),
            assets=Assets(*self.named),
            uploads=Bucket(*(asset.key for asset in self.named)),
            outputs=Bucket(f"outputs/{ACCOUNT}/{self.job.id}/output.mp4", "outputs/other/x"),
            work_objects=Bucket(
                f"plans/{self.job.id}.json",
                f"results/{self.job.id}.json",
                f"parts/{self.job.id}/0.mp4",
                f"plans/{ids[0]}.json",
                f"results/{ids[0]}.json",
                f"analyses/{ACCOUNT}/{'a' * 64}/retarget-1.npz",
                f"analyses/{ACCOUNT}/{'b' * 64}/retarget-1.npz",
                f"analyses/{ACCOUNT}/{'c' * 64}/retarget-1.npz",
            ),
            work=FakeWork(self.report),
        )

    def delete(self, job_id=None):
        command = DeleteJob(job_id=job_id or self.job.id)
        delete_job(
            command,
            a_caller(),
            jobs=self.jobs,
            batches=self.batches,
            stores=self,
            clock=FakeClock(),
        )
