"""What use cases ask of the world, in their own words; adapters answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from lipwire.domain.accounts import Account
from lipwire.domain.assets import Analysis, Asset, ProbeFinding, Problem
from lipwire.domain.credits import Millicredits
from lipwire.domain.engines import EngineSpec
from lipwire.domain.events import EventData
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.jobs import Job, JobOutput, JobStatus, RenderPlan, RenderReport
from lipwire.domain.keys import ApiKey
from lipwire.domain.ledger import Entry, Totals
from lipwire.domain.limits import Allowance, Rate
from lipwire.domain.plans import Plan, PlanChanges
from lipwire.domain.views import Balance, Page, UploadPart
from lipwire.domain.warnings import JobWarning


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class IdSource(Protocol):
    """New ids and secrets."""

    def new(self, prefix: str) -> str: ...

    def secret(self, bits: int) -> int: ...


class AccountStore(Protocol):
    """Accounts and keys."""

    def account(self, account_id: AccountId) -> Account | None: ...

    def key(self, public_id: str) -> ApiKey | None: ...

    def keys(self, account_id: AccountId) -> list[ApiKey]:
        """All of the account's keys, oldest first; one that was made this second may be missing."""

    def ids(self) -> Iterator[AccountId]:
        """Every account's, in no order."""

    def add(self, account: Account, key: ApiKey) -> None:
        """Keyed by id: adding twice is refused."""

    def add_key(self, key: ApiKey, *, by: str | None, also: Also | None = None) -> None:
        """Keyed by its id, while the account is active and the key `by` is valid; with what `also` adds.

        Raises:
            UnauthenticatedError: the account was closed, or the key `by` ended, since they were looked up.
        """

    def rotate_key(
        self,
        old: ApiKey,
        new: ApiKey,
        *,
        until: datetime,
        by: str | None,
        also: Also | None = None,
    ) -> None:
        """The new key, and the old one's end at whole seconds, both or neither; once for each old key.

        Raises:
            KeyEndedError: the old key was rotated or revoked first.
            UnauthenticatedError: like `add_key`.
        """

    def revoke(self, public_id: str, *, at: datetime, by: str | None = None) -> None:
        """It opens nothing any more, and `ApiKeyRevoked` is told: once; the first revocation's time stays.

        Raises:
            KeyNotFoundError: there is no such key.
            UnauthenticatedError: like `add_key`.
        """

    def replace_webhook_secret(
        self, account: Account, *, before: str, also: Also | None = None
    ) -> None:
        """Write the account's webhook secrets, old and new, in place of that one.

        Raises:
            ConcurrentChangeError: somebody else was quicker; no secret was lost.
        """

    def close(self, account_id: AccountId, *, by: str | None, at: datetime) -> None:
        """It may nothing any more, and `AccountClosed` is told; of one that is closed it is told again.

        Raises:
            UnauthenticatedError: the key `by` ended.
        """

    def set_plan(self, account_id: AccountId, plan: str, changes: PlanChanges) -> None:
        """Raises `UnauthenticatedError` where there is no such account."""


class LimitStore(Protocol):
    """What is counted for each account: requests, active jobs, the last use of each key."""

    def take(self, account_id: AccountId, rates: Mapping[str, Rate], *, at: datetime) -> Allowance:
        """Count one request against every limit, or, where one is spent, against none.

        Raises:
            BusyError: it could not be counted.
        """

    def active(self, account_id: AccountId) -> frozenset[JobId]: ...

    def fetches(self, account_id: AccountId) -> frozenset[AssetId]:
        """Uploads that are being fetched from URLs."""

    def forget_fetch(self, account_id: AccountId, asset_id: AssetId) -> None:
        """It is not fetched any more, for it is not there. Harmless to repeat."""

    def note_use(self, public_id: str, *, at: datetime) -> None:
        """Best effort, once a minute."""

    def last_uses(self, public_ids: Iterable[str]) -> Mapping[str, datetime]: ...


class RequestLimiter(Protocol):
    """Counts requests; `take` is that of `LimitStore`."""

    def take(
        self, account_id: AccountId, rates: Mapping[str, Rate], *, at: datetime
    ) -> Allowance: ...


class Ledger(Protocol):
    """Reading money, and moving it by operators; jobs move it inside the transactions of `JobStore`."""

    def balance(self, account_id: AccountId) -> Balance: ...

    def totals(self, account_id: AccountId) -> Totals: ...

    def entries(self, account_id: AccountId) -> tuple[Entry, ...]: ...

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Entry]: ...

    def grant(
        self, account_id: AccountId, amount: Millicredits, *, grant_id: str, at: datetime
    ) -> None:
        """Idempotent: the same `grant_id` counts once; with another amount it is refused."""

    def adjust(
        self,
        account_id: AccountId,
        amount: Millicredits,
        *,
        adjust_id: str,
        note: str,
        at: datetime,
    ) -> None:
        """Idempotent like `grant`; a negative amount must be available."""

    def refund(
        self,
        account_id: AccountId,
        job_id: JobId,
        amount: Millicredits,
        *,
        refund_id: str,
        note: str,
        at: datetime,
    ) -> None:
        """Idempotent like `grant`; never more than the job was charged."""

    def rebuild(self, account_id: AccountId, *, seen: Totals, true: Totals) -> bool:
        """The account's cache is what its entries add up to; False when credits moved since it was `seen`."""

    def tell_if_low(self, account_id: AccountId, *, threshold: Millicredits, at: datetime) -> bool:
        """`BalanceLow`, where less than `threshold` is left; once until credits are granted again."""


class AssetReader(Protocol):
    """Assets, one by one."""

    def get(self, asset_id: AssetId) -> Asset | None: ...


class AssetStore(AssetReader, Protocol):
    """Assets and their life cycle; every write is conditional on the status it leaves."""

    def create(self, asset: Asset, *, also: Also | None = None) -> None:
        """With what else belongs into the same transaction.

        Raises:
            IdTakenError: there is an asset of that id; it stays as it is.
            UnauthenticatedError: the account was closed.
        """

    def create_to_fetch(self, asset: Asset, *, most: int, also: Also | None = None) -> None:
        """Like `create`, with the start of the workflow that fetches what its URL leads to.

        It counts as a fetch of its account until its bytes are there, are given up, or it is deleted.

        Raises:
            TooManyFetchesError: the account has `most` of them.
        """

    def create_all(self, assets: Sequence[Asset], *, also: Also | None = None) -> None:
        """An account's, all or none; at most 98."""

    def list(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[Asset]: ...

    def mark_uploaded(
        self, asset: Asset, *, version_id: str | None, size_bytes: int, at: datetime
    ) -> bool:
        """Once: False when the asset had already left `awaiting_upload`. Starts the analysis with the same write."""

    def withdraw(self, assets: Sequence[Asset]) -> None:
        """Their rows leave, and nobody is told: what they were made for was refused."""

    def give_up(self, asset: Asset, problem: Problem, *, at: datetime) -> bool:
        """Its bytes will not come, and what was paid for them is given back: False when they came."""

    def record_probe(self, asset: Asset, finding: ProbeFinding, *, at: datetime) -> Asset:
        """Once: a second probe returns what the first one found. What was paid for a speech that is refused is given back."""

    def begin_fetch(
        self, asset_id: AssetId, *, by: JobId | AssetId, at: datetime, until: datetime
    ) -> bool:
        """Whether this job, or the upload itself, is to fetch what the asset's URL leads to; another one that has begun keeps it out until then."""

    def end_fetch(self, asset_id: AssetId, *, by: JobId | AssetId) -> None:
        """It fetches no more, whatever came of it."""

    def record_analysis(self, asset: Asset, analysis: Analysis) -> bool:
        """False where the asset was deleted meanwhile."""

    def delete(self, asset: Asset, *, at: datetime) -> None: ...


class JobStore(Protocol):
    """Jobs; each method that moves money or status is one transaction with its ledger and outbox rows."""

    def create(self, job: Job, *, key_id: str, most_active: int, also: Also | None = None) -> None:
        """Job + HOLD entry + balance + `JobCreated` + start of its workflow + what `also` adds, all or nothing.

        Raises:
            UnauthenticatedError: the key ended, or the account was closed, since they were looked up.
            TooManyActiveJobsError: the account has `most_active` jobs that have not ended.
            InsufficientCreditsError: the balance can't cover the hold; nothing was written.
            IdTakenError: there is another job of that id; it stays as it is.
        """

    def get(self, job_id: JobId) -> Job | None: ...

    def list(
        self, account_id: AccountId, *, status: JobStatus | None, limit: int, cursor: str | None
    ) -> Page[Job]: ...

    def naming(self, account_id: AccountId, asset_id: AssetId) -> Iterator[Job]:
        """The account's jobs that name the asset as source, voice or mask; one made this moment may be missing."""

    def advance(self, job: Job, *, event: EventData | None = None) -> bool:
        """Write `job`, whose status must follow the stored one or equal it; False when it may not any more."""

    def extend_hold(self, job: Job, extra: Millicredits) -> Job:
        """Hold more for a job, once per `job.holds`.

        Raises:
            InsufficientCreditsError: the balance can't cover it; the first hold stays.
        """

    def settle(
        self, job: Job, *, charge: Millicredits, output: JobOutput, warnings: Sequence[JobWarning]
    ) -> bool:
        """Once: SETTLE + rest of the hold returned + `succeeded` + `JobSucceeded`; False when the job had ended."""

    def release(self, job: Job, *, status: JobStatus, error: Problem | None) -> bool:
        """Once: RELEASE of the whole hold + `failed` or `canceled` + its event; False when the job had ended."""

    def end_hold(
        self,
        account_id: AccountId,
        job_id: JobId,
        *,
        held: Millicredits,
        charge: Millicredits | None,
        had_job: bool,
    ) -> bool:
        """Once: the hold of a job that has ended, or never was, is settled to `charge` or released; False otherwise."""

    def record_failure(self, job_id: JobId, failure: Problem) -> None:
        """Note what went wrong for the failure lane; the first note stays."""

    def report_progress(self, job_id: JobId, *, stage: str, progress: int, at: datetime) -> bool:
        """False when the job is not rendering any more: the renderer must stop."""

    def report_shard_progress(
        self, job_id: JobId, *, shard: int, stage: str, progress: int, at: datetime
    ) -> bool:
        """One part's percent, which never falls; False when the job has ended or another part has failed."""

    def keeps_output(self, job_id: JobId) -> bool:
        """Whether an output may lie there: False once the job failed, was canceled or deleted."""

    def delete(self, job: Job) -> None: ...


class ByteSink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes) -> None: ...

    def restart(self) -> None:
        """What was written is forgotten."""


class ObjectStore(Protocol):
    """One bucket."""

    def sign_put(
        self, key: str, *, size_bytes: int | None, expires_s: int, sha256: str | None = None
    ) -> str:
        """A URL that takes exactly so many bytes by PUT, or any number where None."""

    def sign_get(self, key: str, *, expires_s: int) -> str: ...

    def start_multipart(
        self, key: str, *, parts: int, expires_s: int
    ) -> tuple[str, tuple[UploadPart, ...]]: ...

    def complete_multipart(self, key: str, upload_id: str, *, size_bytes: int) -> None:
        """Raises `UploadIncompleteError` when parts are missing."""

    def abort_unfinished(self, prefix: str) -> None:
        """Parts of uploads below the prefix that were never completed are gone."""

    def writer(self, key: str) -> AbstractContextManager[ByteSink]:
        """The object is there whole once the block ends well, and nothing of it otherwise."""

    def head(self, key: str) -> tuple[int, str | None] | None:
        """Size and version id, or None when nothing is there."""

    def find(self, key: str) -> tuple[int, str | None] | None:
        """The same for who may see what is there and read none of it."""

    def delete_prefix(self, prefix: str) -> None: ...


class ResultUrls(Protocol):
    """Links to results that need no key and no redirect (D15)."""

    def sign(self, key: str, *, expires_s: int, filename: str | None = None) -> str: ...


class WorkStore(Protocol):
    """Plans out, reports in."""

    def put_plan(self, plan: RenderPlan) -> None: ...

    def report(self, task_id: str) -> RenderReport | None: ...


class MediaProbe(Protocol):
    """The box that looks into strangers' files."""

    def probe(self, asset: Asset, *, limits: Plan) -> ProbeFinding: ...


class EngineCatalog(Protocol):
    """The engines this deployment can run."""

    def get(self, name: str) -> EngineSpec | None: ...

    def selectable(self) -> tuple[EngineSpec, ...]: ...

    def shard_ms(self, name: str) -> int:
        """How long a part of a long output is: the engine's own word, unless this deployment has another."""

    def target(self, name: str) -> tuple[str, str]:
        """The Batch queue and job definition that run it."""
