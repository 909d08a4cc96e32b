"""Small fakes of ports, for rules that need no cloud. The stores' own promises are tested on the emulator."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from lipwire.domain.accounts import Account
from lipwire.domain.assets import Analysis, Asset, AssetStatus, ProbeFinding, Problem
from lipwire.domain.credits import Millicredits
from lipwire.domain.engines import Device, EngineSpec, Mode
from lipwire.domain.errors import (
    ConcurrentChangeError,
    IdTakenError,
    InsufficientCreditsError,
    TooManyActiveJobsError,
)
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import Job, JobOutput, JobStatus, RenderPlan, RenderReport, before
from lipwire.domain.plans import Plan
from lipwire.domain.shards import ShardCut, ShardReport
from lipwire.domain.views import Page
from tests.support.builders import NOW

SPEC = EngineSpec(
    name="retarget",
    version="1",
    summary="",
    modes=frozenset(Mode),
    device=Device.CPU,
    vcpus=1,
    memory_mib=1024,
    gpus=0,
    attempt_timeout_s=60,
    millicredits_per_second=1000,
    licence="Apache-2.0",
)


class FakeClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class FakeIds:
    """Ids that count up."""

    def __init__(self) -> None:
        self.count = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:026d}"

    def secret(self, bits: int) -> int:
        self.count += 1
        return self.count % (1 << bits)


def page_of(rows: Mapping[str, Any], account_id: str, limit: int, cursor: str | None) -> Page[Any]:
    """Some of an account's rows, newest first."""
    mine = [row for row in rows.values() if row.account_id == account_id]
    after = sorted((row for row in mine if not cursor or row.id < cursor), key=lambda row: row.id)
    found = tuple(after[::-1][:limit])
    return Page(found, found[-1].id if len(after) > limit else None)


class FakeJobs:
    """Jobs and one balance in memory."""

    def __init__(self, *jobs: Job, available: int = 1_000_000) -> None:
        self.rows = {job.id: job for job in jobs}
        self.available = available
        self.ended: list[tuple[str, JobStatus]] = []

    def create(
        self, job: Job, *, key_id: str = "", most_active: int = 0, also: Also | None = None
    ) -> None:
        if most_active and sum(not one.is_final for one in self.rows.values()) >= most_active:
            raise TooManyActiveJobsError
        if job.held_millicredits > self.available:
            raise InsufficientCreditsError
        if job.id in self.rows:
            raise IdTakenError
        self.available -= job.held_millicredits
        if also is not None:
            also(self)
        self.rows[job.id] = job

    def get(self, job_id: str) -> Job | None:
        return self.rows.get(JobId(job_id))

    def list(
        self, account_id: str, *, status: JobStatus | None, limit: int, cursor: str | None
    ) -> Page[Job]:
        rows = {key: job for key, job in self.rows.items() if status in {None, job.status}}
        return page_of(rows, account_id, limit, cursor)

    def advance(self, job: Job, *, event: object = None) -> bool:
        stored = self.rows[job.id]
        if stored.status not in before(job.status) | {job.status}:
            return False
        self.rows[job.id] = job
        return True

    def extend_hold(self, job: Job, extra: Millicredits) -> Job:
        if extra > self.available:
            raise InsufficientCreditsError
        self.available -= extra
        held = {"held_millicredits": job.held_millicredits + extra, "holds": job.holds + 1}
        self.rows[job.id] = job.model_copy(update=held)
        return self.rows[job.id]

    def settle(
        self, job: Job, *, charge: Millicredits, output: JobOutput, warnings: Sequence[str]
    ) -> bool:
        self.available += job.held_millicredits - charge
        return self._end(job, JobStatus.SUCCEEDED, charged_millicredits=charge, output=output)

    def release(self, job: Job, *, status: JobStatus, error: Problem | None) -> bool:
        self.available += job.held_millicredits
        return self._end(job, status, error=error)

    def record_failure(self, job_id: str, failure: Problem) -> None:
        job = self.rows[JobId(job_id)]
        self.rows[job.id] = job.model_copy(update={"failure": job.failure or failure})

    def report_progress(self, job_id: str, *, stage: str, progress: int, at: datetime) -> bool:
        job = self.rows[JobId(job_id)]
        self.rows[job.id] = job.model_copy(update={"stage": stage, "progress": progress})
        return job.status is JobStatus.RENDERING

    def report_shard_progress(
        self, job_id: str, *, shard: int, stage: str, progress: int, at: datetime
    ) -> bool:
        job = self.rows[JobId(job_id)]
        told = {**job.shard_progress, str(shard): progress}
        self.rows[job.id] = job.model_copy(update={"stage": stage, "shard_progress": told})
        return job.status is JobStatus.RENDERING

    def keeps_output(self, job_id: str) -> bool:
        job = self.rows.get(JobId(job_id))
        return job is not None and job.status in {JobStatus.RENDERING, JobStatus.SUCCEEDED}

    def _end(self, job: Job, status: JobStatus, **changes: object) -> bool:
        if self.rows[job.id].status not in before(status):
            return False
        self.rows[job.id] = job.model_copy(update={"status": status, **changes})
        self.ended.append((job.id, status))
        return True


class FakeAssets:
    """Assets in memory."""

    def __init__(self, *assets: Asset) -> None:
        self.rows = {asset.id: asset for asset in assets}
        #: Whose workflow begins with a fetch.
        self.to_fetch: list[str] = []
        #: Who fetches an asset, and until when.
        self.fetched_by: dict[str, tuple[str, datetime]] = {}

    def begin_fetch(self, asset_id: str, *, by: str, at: datetime, until: datetime) -> bool:
        holder, end = self.fetched_by.get(asset_id, (by, at))
        if holder != by and end > at:
            return False
        self.fetched_by[asset_id] = (by, until)
        return True

    def end_fetch(self, asset_id: str, *, by: str) -> None:
        if self.fetched_by.get(asset_id, ("", None))[0] == by:
            del self.fetched_by[asset_id]

    def create(self, asset: Asset, *, also: Also | None = None) -> None:
        self.create_all([asset], also=also)

    def create_all(self, assets: Sequence[Asset], *, also: Also | None = None) -> None:
        if any(asset.id in self.rows for asset in assets):
            raise IdTakenError
        if also is not None:
            also(self)
        self.rows |= {asset.id: asset for asset in assets}

    def create_to_fetch(self, asset: Asset, *, most: int, also: Also | None = None) -> None:
        self.create_all([asset], also=also)
        self.to_fetch.append(asset.id)

    def get(self, asset_id: str) -> Asset | None:
        return self.rows.get(AssetId(asset_id))

    def mark_uploaded(
        self, asset: Asset, *, version_id: str | None, size_bytes: int, at: datetime
    ) -> bool:
        if self.rows[asset.id].status is not AssetStatus.AWAITING_UPLOAD:
            return False
        changed = {"status": AssetStatus.UPLOADED, "version_id": version_id}
        self.rows[asset.id] = asset.model_copy(update=changed)
        return True

    def withdraw(self, assets: Sequence[Asset]) -> None:
        for asset in assets:
            self.rows.pop(asset.id, None)

    def give_up(self, asset: Asset, problem: Problem, *, at: datetime) -> bool:
        if self.rows[asset.id].status is not AssetStatus.AWAITING_UPLOAD:
            return False
        changed = {"status": AssetStatus.REJECTED, "problem": problem}
        self.rows[asset.id] = asset.model_copy(update=changed)
        return True

    def list(self, account_id: str, *, limit: int, cursor: str | None) -> Page[Asset]:
        return page_of(self.rows, account_id, limit, cursor)

    def record_probe(self, asset: Asset, finding: ProbeFinding, *, at: datetime) -> Asset:
        status = AssetStatus.REJECTED if finding.problem else AssetStatus.READY
        changed = {
            "status": status,
            **{n: getattr(finding, n) for n in ("media", "silent", "problem")},
        }
        self.rows[asset.id] = asset.model_copy(update=changed)
        return self.rows[asset.id]

    def record_analysis(self, asset: Asset, analysis: Analysis) -> bool:
        if asset.id not in self.rows:
            return False
        self.rows[asset.id] = self.rows[asset.id].model_copy(update={"analysis": analysis})
        return True


class FakeAccounts:
    """One account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def account(self, account_id: str) -> Account | None:
        return self._account if account_id == self._account.id else None

    def replace_webhook_secret(
        self, account: Account, *, before: str, also: Also | None = None
    ) -> None:
        if self._account.webhook_secret != before:
            raise ConcurrentChangeError
        if also is not None:
            also(self)
        self._account = account

    def webhook_secrets(self, account_id: str, at: datetime) -> tuple[str, ...]:
        return self._account.webhook_secrets(at)


class FakeLedger:
    """`Ledger` that remembers whose balance was looked at."""

    def __init__(self) -> None:
        self.watched: list[str] = []

    def tell_if_low(self, account_id: str, *, threshold: int, at: datetime) -> bool:
        self.watched.append(account_id)
        return False


class FakeProbe:
    """A box that finds what it is told, and counts how often it was asked."""

    def __init__(self, finding: ProbeFinding) -> None:
        self.finding = finding
        self.asked = 0

    def probe(self, asset: Asset, *, limits: Plan) -> ProbeFinding:
        self.asked += 1
        return self.finding


class FakeWork:
    """Plans and reports in memory."""

    def __init__(self, report: RenderReport | None = None) -> None:
        self.plans: dict[str, RenderPlan] = {}
        self.reports: dict[str, RenderReport] = {}
        self.cuts: dict[str, ShardCut] = {}
        self.shards: dict[tuple[str, int], ShardReport] = {}
        self.only = report

    def put_plan(self, plan: RenderPlan) -> None:
        self.plans[plan.id] = plan

    def plan(self, task_id: str) -> RenderPlan:
        return self.plans[task_id]

    def put_report(self, task_id: str, report: RenderReport) -> None:
        self.reports[task_id] = report

    def report(self, task_id: str) -> RenderReport | None:
        return self.reports.get(task_id, self.only)

    def agree_cut(self, job_id: str, cut: ShardCut) -> None:
        self.cuts.setdefault(job_id, cut)

    def cut(self, job_id: str) -> ShardCut:
        return self.cuts[job_id]

    def put_shard(self, job_id: str, index: int, report: ShardReport) -> None:
        self.shards[job_id, index] = report

    def shard(self, job_id: str, index: int) -> ShardReport:
        return self.shards[job_id, index]

    def drop_shards(self, job_id: str) -> None:
        self.shards = {key: one for key, one in self.shards.items() if key[0] != job_id}


class FakeEngines:
    """One engine."""

    def get(self, name: str) -> EngineSpec | None:
        return SPEC if name == SPEC.name else None

    def selectable(self) -> tuple[EngineSpec, ...]:
        return (SPEC,)

    def shard_ms(self, name: str) -> int:
        return SPEC.shard_ms

    def target(self, name: str) -> tuple[str, str]:
        return f"queue-of-{name}", f"definition-of-{name}"


class FakeUploads:
    """A bucket in which every key, or none, has arrived."""

    def __init__(self, *, arrived: bool = True) -> None:
        self.arrived = arrived

        self.written: dict[str, bytes] = {}

    def head(self, key: str) -> tuple[int, str | None] | None:
        return (1000, "v1") if self.arrived else None

    @contextmanager
    def writer(self, key: str) -> Iterator[SimpleNamespace]:
        buffer = bytearray()
        yield SimpleNamespace(write=buffer.extend)
        self.written[key] = bytes(buffer)

    def abort_unfinished(self, prefix: str) -> None: ...

    def delete_prefix(self, prefix: str) -> None:
        self.written = {
            key: data for key, data in self.written.items() if not key.startswith(prefix)
        }

    def find(self, key: str) -> tuple[int, str | None] | None:
        return self.head(key)


class AnyUrl:
    """A policy that allows https."""

    def allows(self, url: str) -> bool:
        return url.startswith("https://")
