"""What use cases take: typed, frozen, free of any vendor's words.

Here is what the function of jobs takes; what is about uploads, the account and webhooks stands in files of its own.
"""

from datetime import datetime

from pydantic import ConfigDict, Field, JsonValue

from lipwire.domain.accounts import Account
from lipwire.domain.batches import BatchProgress
from lipwire.domain.idempotency import Also, Once
from lipwire.domain.ids import AssetId, BatchId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import KeyMode, Scope
from lipwire.domain.model import Model
from lipwire.domain.numbers import OwnNumber
from lipwire.domain.options import JobOptions
from lipwire.domain.prices import NATIVE, Terms
from lipwire.domain.speech import Script


class Command(Model):
    """Base: frozen, nothing extra."""

    model_config = ConfigDict(extra="forbid")


class Caller(Command):
    """Who asks, once authenticated."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    account: Account
    key_id: str
    #: Of a request under an idempotency key.
    once: Once | None = None

    def also(self, view: object) -> Also | None:
        """What the store that makes this view adds to its transaction."""
        return None if self.once is None else self.once.also(view)

    scopes: tuple[Scope, ...] = tuple(Scope)
    mode: KeyMode = KeyMode.LIVE
    #: The key's own limit, where it has one.
    requests_per_minute: int | None = None
    #: The key opens nothing from then on.
    valid_until: datetime | None = None


class GivenFile(Command):
    """A small file that came with the request itself."""

    filename: str
    content_type: str
    data: bytes


class CreateJob(Command):
    #: Each of the two is an asset, or a URL to fetch it from; so are the two below, whose assets stand in `options`.
    source_id: AssetId | OwnNumber | None = None
    source_url: str | None = None
    speech_id: AssetId | None = None
    speech_url: str | None = None
    #: Or else came along.
    source_file: GivenFile | None = None
    speech_file: GivenFile | None = None
    #: Or, of a voice, what is to be said.
    script: Script | None = None
    options: JobOptions = Field(default_factory=JobOptions)
    mask_url: str | None = None
    second_speech_url: str | None = None
    second_script: Script | None = None
    #: That the person in the source agrees, in words.
    consent: str | None = None
    name: str | None = None
    webhook_url: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    #: Which dialect it was asked for in, and the price list that this one sells by.
    terms: Terms = Field(default_factory=Terms)
    #: How long the caller says the output will be, which counts until the files are known.
    expected_ms: int | None = None
    #: What the dialect wants to say again when it shows the job.
    echo: dict[str, JsonValue] = Field(default_factory=dict)
    #: Its id, and those of assets that it fetches, are such as numbers lead to.
    is_numbered: bool = False
    #: Frame of the source that the output begins with; its frame rate must be known by then.
    first_frame: int = 0
    #: The answer says what is left to spend.
    shows_available: bool = False


class EstimateJob(CreateJob):
    """What creating this job would hold."""


class CreateSpeech(Command):
    script: Script
    name: str | None = None


class GetSpeech(Command):
    asset_id: AssetId


class ListVoices(Command):
    #: Only those that speak it.
    language: str | None = None


class GetJob(Command):
    job_id: JobId | OwnNumber
    #: Only if that is its source.
    source_id: AssetId | OwnNumber | None = None
    #: Answer only once the job has ended, or after this long.
    wait_s: int = 0


class FindJob(Command):
    """The newest job that a dialect made of the same inputs."""

    dialect: str
    echo: dict[str, JsonValue]


class ListJobs(Command):
    limit: int = 20
    cursor: str | None = None
    status: JobStatus | None = None


class ListJobPages(Command):
    """One page, by its number, of the jobs that were made in a dialect."""

    dialect: str
    page: int = 1
    per_page: int = 20


class FindJobs(Command):
    """Those of these ids, or else the newest; of these statuses, where any is named."""

    ids: tuple[JobId, ...] = ()
    statuses: tuple[JobStatus, ...] = ()


class CancelJob(Command):
    job_id: JobId


class DeleteJob(Command):
    job_id: JobId


class CreateBatch(Command):
    jobs: tuple[CreateJob, ...]
    #: Everything is checked, nothing is made.
    is_rehearsal: bool = False
    dialect: str = NATIVE
    echo: dict[str, JsonValue] = Field(default_factory=dict)
    webhook_url: str | None = None
    consent: str | None = None
    name: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class GetBatch(Command):
    batch_id: BatchId


class ReadBatchOutput(Command):
    """Results, to whoever has the batch's token."""

    batch_id: BatchId
    token: str


class ListBatches(Command):
    limit: int = 20
    cursor: str | None = None


class FindBatches(Command):
    """The newest batches with their jobs, made in this time."""

    since: datetime | None = None
    until: datetime | None = None
    #: None is any.
    progress: tuple[BatchProgress, ...] | None = None


class CancelBatch(Command):
    batch_id: BatchId
