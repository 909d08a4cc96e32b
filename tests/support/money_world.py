"""A small Lipwire whose tables are in memory: the real use cases over the real adapters, and a process that can die."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import EndpointConnectionError

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.batches import DynamoBatches
from lipwire.adapters.dynamodb.jobs import DynamoJobs
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox import DynamoOutbox
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.domain.assets import AssetStatus, ProbeFinding
from lipwire.domain.batches import Batch
from lipwire.domain.commands import CancelJob, CreateJob
from lipwire.domain.errors import LipwireError
from lipwire.domain.ids import AccountId, BatchId, JobId
from lipwire.domain.jobs import Job, JobStatus
from lipwire.domain.keys import ApiKey
from lipwire.domain.ledger import Entry, Finding, audit_account, audit_jobs
from lipwire.domain.media import MediaInfo
from lipwire.ports.speech import NO_VOICES, VoiceCatalog
from lipwire.usecases.cancel_job import cancel_job
from lipwire.usecases.create_job import create_job
from lipwire.usecases.draft_job import draft_job
from lipwire.usecases.fail_job import fail_job
from lipwire.usecases.reconcile import Reconciliation, reconcile
from lipwire.usecases.settle_job import settle_job
from lipwire.usecases.sweep_outbox import sweep_outbox
from lipwire.usecases.validate_sources import validate_sources
from tests.support.builders import (
    ACCOUNT,
    NOW,
    a_caller,
    a_report,
    an_account,
    an_asset,
    video_info,
    voice_info,
)
from tests.support.fakes import (
    AnyUrl,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeProbe,
    FakeUploads,
    FakeWork,
)
from tests.support.fakes_consents import FakeConsents
from tests.support.memory_dynamodb import Crash, MemoryDynamoDB

KEY = "0123456789"
SOURCE = an_asset(1, media=video_info(duration_ms=60_000))
#: The voice that a job speaks with, by its seconds.
VOICES = {
    seconds: an_asset(10 + seconds, media=voice_info(duration_ms=seconds * 1000))
    for seconds in (2, 9)
}


class Outside:
    """Where the outbox is published to: a bus that remembers, and executions by name."""

    def __init__(self, dynamodb: MemoryDynamoDB) -> None:
        self._happen = dynamodb.happen
        self.events: list[str] = []
        self.running: set[str] = set()
        self.started: list[str] = []

    def publish(self, event: Any) -> None:
        """One event."""
        told = event.metadata.type
        self._happen(f"{told} on the bus", lambda: self.events.append(told))

    def start_job(self, job_id: str) -> None:
        """Executions are named: the second start of one is none."""

        def start() -> None:
            if job_id not in self.started:
                self.started.append(job_id)
                self.running.add(job_id)

        self._happen("execution started", start)

    def stop_job(self, job_id: str) -> None:
        """Nothing where none runs."""
        self._happen("execution stopped", lambda: self.running.discard(job_id))

    def start_analysis(self, asset_id: str, *, is_fetched: bool = False) -> None:
        """None is looked at here."""


class World:
    """One account with its stores, its outbox's publisher and its workflows' starts."""

    def __init__(
        self,
        *,
        ledger_class: type[DynamoLedger] = DynamoLedger,
        jobs_class: type[DynamoJobs] = DynamoJobs,
        charges_class: type[LedgerCharges] = LedgerCharges,
    ) -> None:
        self.dynamodb = MemoryDynamoDB(
            {
                "accounts": ("pk", None),
                "assets": ("pk", None),
                "jobs": ("pk", None),
                "ledger": ("pk", "sk"),
                "outbox": ("pk", None),
                "limits": ("pk", None),
            },
            {
                ("ledger", "by_time"): ("pk", "listed_at"),
                ("jobs", "by_account"): ("account_id", "pk"),
                ("assets", "by_account"): ("account_id", "pk"),
            },
        )
        self.clock, self.ids, self.work = FakeClock(), FakeIds(), FakeWork()
        self.uploads = FakeUploads()
        # Above the numbers that assets of tests have.
        self.ids.count = 1000
        rows = OutboxRows(table="outbox", ids=self.ids)
        active = ActiveAccounts(table="accounts")
        self.ledger = ledger_class(self.dynamodb, table="ledger", accounts=active, outbox=rows)
        self.accounts = DynamoAccounts(self.dynamodb, table="accounts", outbox=rows)
        self.charges = charges_class(self.dynamodb, table="ledger")
        self.limits = DynamoLimits(self.dynamodb, table="limits")
        self.assets = DynamoAssets(
            self.dynamodb,
            table="assets",
            accounts=active,
            charges=self.charges,
            limits=self.limits,
            outbox=rows,
        )
        self.jobs = jobs_class(
            self.dynamodb,
            table="jobs",
            ledger=self.ledger,
            accounts=self.accounts,
            limits=self.limits,
            outbox=rows,
            clock=self.clock,
        )
        self.batches = DynamoBatches(
            self.dynamodb,
            table="jobs",
            ledger=self.ledger,
            accounts=self.accounts,
            limits=self.limits,
            outbox=rows,
            active=active,
        )
        self.outbox = DynamoOutbox(self.dynamodb, table="outbox")
        self.outside = Outside(self.dynamodb)
        #: What the probe will find in voices that nobody has looked into.
        self.unseen: dict[str, MediaInfo] = {}
        self.accounts.add(
            an_account(),
            ApiKey(
                public_id=KEY,
                account_id=ACCOUNT,
                name="k",
                secret_sha256="0" * 64,
                created_at=NOW,
            ),
        )
        for asset in (SOURCE, *VOICES.values()):
            self.assets.create(asset)

    # -- what the platform does

    def attempt(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """What it gives; None where it is refused, its answer is lost, or its process dies."""
        try:
            return act(*args, **more)
        except (LipwireError, EndpointConnectionError, Crash):
            return None

    def create(
        self,
        seconds: int = 2,
        *,
        is_seen: bool = True,
        voices: VoiceCatalog = NO_VOICES,
        **command: Any,
    ) -> Job:
        """POST /jobs; of a voice that nobody has looked into yet the hold is provisional."""
        if not {"speech_id", "speech_url", "script"} & set(command):
            voice = VOICES[seconds]
            if not is_seen:
                status = {"status": AssetStatus.UPLOADED, "media": None}
                voice = voice.model_copy(update={**status, "id": self.ids.new("ast")})
                self.assets.create(voice)
                self.unseen[voice.id] = voice_info(duration_ms=seconds * 1000)
            command["speech_id"] = voice.id
        return create_job(
            CreateJob(**{"source_id": SOURCE.id, **command}),
            a_caller(),
            jobs=self.jobs,
            consents=FakeConsents(),
            consent_required=False,
            assets=self.assets,
            uploads=self.uploads,
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            source_urls=AnyUrl(),
            clock=self.clock,
            ids=self.ids,
            voices=voices,
        ).job

    def create_batch(self, voices: Sequence[int]) -> Batch:
        """POST /batches: all of these jobs, or none."""
        jobs = [
            draft_job(
                CreateJob(source_id=SOURCE.id, speech_id=VOICES[seconds].id),
                a_caller(),
                assets=self.assets,
                engines=FakeEngines(),
                webhook_urls=AnyUrl(),
                source_urls=AnyUrl(),
                clock=self.clock,
                ids=self.ids,
            ).job
            for seconds in voices
        ]
        batch = Batch(
            id=BatchId(self.ids.new("bat")),
            account_id=AccountId(ACCOUNT),
            job_ids=tuple(job.id for job in jobs),
            created_at=self.clock.now(),
        )
        self.batches.create(batch, jobs, key_id=KEY, most_active=99)
        return batch

    def validate(self, job_id: str) -> None:
        """ValidateSources."""
        job = self.jobs.get(job_id)
        found = self.unseen.get(job.speech_id, voice_info()) if job else voice_info()
        validate_sources(
            job_id,
            jobs=self.jobs,
            assets=self.assets,
            accounts=self.accounts,
            probe=FakeProbe(ProbeFinding(media=found)),
            clock=self.clock,
        )

    def begin_rendering(self, job_id: str) -> bool:
        """PlanRender's own step."""
        job = self.jobs.get(job_id)
        rendering = {"status": JobStatus.RENDERING, "updated_at": self.clock.now()}
        return job is not None and self.jobs.advance(job.model_copy(update=rendering))

    def render(self, job_id: str, frames: int) -> None:
        """A container's report, once."""
        self.work.reports.setdefault(
            job_id, a_report(frames=frames, duration_ms=frames * 40, key=f"outputs/{job_id}")
        )

    def settle(self, job_id: str) -> None:
        """SettleJob."""
        settle_job(job_id, jobs=self.jobs, work=self.work, ledger=self.ledger, clock=self.clock)

    def fail(self, job_id: str) -> None:
        """FailJob."""
        fail_job(job_id, "Batch", "{}", jobs=self.jobs)

    def cancel(self, job_id: str) -> None:
        """POST /jobs/{id}/cancel."""
        cancel_job(CancelJob(job_id=job_id), a_caller(), jobs=self.jobs)

    def publish(self) -> None:
        """The sweeper, half a minute later."""
        self.clock.sleep(31)
        sweep_outbox(
            outbox=self.outbox, events=self.outside, workflows=self.outside, clock=self.clock
        )

    def reconcile(self, *, is_deep: bool = True) -> Reconciliation:
        """The reconciler."""
        return reconcile(
            self.accounts.ids(),
            ledger=self.ledger,
            jobs=self.jobs,
            assets=self.assets,
            clock=self.clock,
            is_deep=is_deep,
        )

    def wait(self, time: timedelta) -> None:
        """Nothing happens meanwhile."""
        self.clock.sleep(time.total_seconds())

    def grant(self, amount: int, key: str, at: datetime = NOW) -> None:
        """`lipwire credits grant`."""
        self.ledger.grant(ACCOUNT, amount, grant_id=key, at=at)

    # -- what is true

    def findings(self, entries: tuple[Entry, ...] | None = None) -> list[Finding]:
        """Every rule that does not hold, judged from the tables as they are."""
        entries = self.ledger.entries(ACCOUNT) if entries is None else entries
        jobs = {
            JobId(pk): self.jobs.get(JobId(pk))
            for (pk,) in self.dynamodb.tables["jobs"]
            if pk.startswith("job_")
        }
        about = {entry.job_id: jobs.get(entry.job_id) for entry in entries if entry.job_id}
        return [
            *audit_account(ACCOUNT, self.ledger.totals(ACCOUNT), entries),
            *audit_jobs(ACCOUNT, entries, {**about, **jobs}),
        ]
