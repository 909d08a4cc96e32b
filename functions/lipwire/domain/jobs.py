"""Jobs: one request to make a lip-synced output, and the transitions it may take."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field, JsonValue

from lipwire.domain.assets import Problem
from lipwire.domain.engines import Mode
from lipwire.domain.ids import AccountId, AssetId, BatchId, JobId
from lipwire.domain.model import Model
from lipwire.domain.options import JobOptions
from lipwire.domain.prices import Terms
from lipwire.domain.quality import QualityReport
from lipwire.domain.warnings import AnyWarning


class JobStatus(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    VALIDATING = "validating"
    RENDERING = "rendering"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


NEXT: Final[dict[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.QUEUED: frozenset({JobStatus.VALIDATING, JobStatus.FAILED, JobStatus.CANCELED}),
    JobStatus.VALIDATING: frozenset({JobStatus.RENDERING, JobStatus.FAILED, JobStatus.CANCELED}),
    JobStatus.RENDERING: frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELED: frozenset(),
}

#: What outputs of test keys say of themselves, as the file's comment.
TEST_MARK: Final = "Made with a Lipwire test key: not for publication."

OPEN: Final = frozenset(status for status, following in NEXT.items() if following)


def before(status: JobStatus) -> frozenset[JobStatus]:
    """The statuses from which `status` may be reached."""
    return frozenset(origin for origin, following in NEXT.items() if status in following)


class JobOutput(Model):
    """What was rendered; `key` and `cover_key` are signed anew at each read."""

    key: str
    cover_key: str
    width: int
    height: int
    fps: str
    frames: int
    duration_ms: int
    size_bytes: int


#: What no step of a job's life changes.
_FIXED: Final = {
    *("id", "account_id", "source_id", "speech_id", "is_test", "batch_id", "created_at"),
    *("name", "webhook_url", "metadata", "echo", "terms"),
}


class Job(Model):
    """One job as it stands now."""

    id: JobId
    account_id: AccountId
    status: JobStatus
    stage: str
    progress: int = 0
    source_id: AssetId
    speech_id: AssetId
    options: JobOptions = Field(default_factory=JobOptions)
    #: Made with a test key: costs nothing, and the output says so.
    is_test: bool = False
    #: The batch it was asked for with.
    batch_id: BatchId | None = None
    name: str | None = None
    webhook_url: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    #: What the dialect that it was asked for in wants to say again when it shows the job.
    echo: dict[str, JsonValue] = Field(default_factory=dict)
    engine: str | None = None
    mode: Mode | None = None
    source_version: str | None = None
    speech_version: str | None = None
    second_speech_version: str | None = None
    mask_version: str | None = None
    held_millicredits: int
    #: Parts that are rendered side by side, and how far each is, in percent by its number.
    shards: int = 1
    shard_progress: dict[str, int] = Field(default_factory=dict)
    #: How many HOLD entries the ledger has for this job (a provisional one may be followed by its top-up).
    holds: int = 1
    #: The engine's own price when the hold was made, which the native list takes.
    per_second_millicredits: int
    terms: Terms = Field(default_factory=Terms)
    #: What its texts cost beside the output: part of the hold, and of the charge.
    speech_millicredits: int = 0
    charged_millicredits: int | None = None
    output: JobOutput | None = None
    warnings: tuple[AnyWarning, ...] = ()
    quality: QualityReport | None = None
    error: Problem | None = None
    #: What a step or container found wrong, before the failure lane ends the job with it.
    failure: Problem | None = None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """Whether the job can't change any more."""
        return self.status not in OPEN

    @property
    def asset_ids(self) -> tuple[AssetId, ...]:
        """Every asset the job names: its source first."""
        named = (
            self.source_id,
            self.speech_id,
            self.options.second_speech_id,
            self.options.mask_id,
        )
        return tuple(dict.fromkeys(one for one in named if one is not None))

    def began_as(self, created: "Job") -> bool:
        """Whether this is that job, as it was created or as it stands later."""
        return self.model_dump(include=_FIXED) == created.model_dump(include=_FIXED)

    @property
    def percent(self) -> int:
        """How far the job is as a whole; parts count alike, and what was reached before them stays."""
        return max(self.progress, sum(self.shard_progress.values()) // self.shards)


class RenderPlan(Model):
    """All a container needs to know; lies at `plans/{id}.json` in the work bucket."""

    id: str
    account_id: AccountId
    engine: str
    is_image: bool
    source_key: str
    source_version: str | None
    speech_key: str | None = None
    speech_version: str | None = None
    #: Times of the voice's sounds, where whoever spoke it gave them.
    phonemes_key: str | None = None
    second_speech_key: str | None = None
    second_speech_version: str | None = None
    mask_key: str | None = None
    mask_version: str | None = None
    output_key: str | None = None
    cover_key: str | None = None
    options: JobOptions = Field(default_factory=JobOptions)
    #: Written into the output's metadata; its pictures then bear a mark that everybody sees.
    mark: str | None = None
    #: Parts that are rendered side by side, of an output that is at most so long.
    shards: int = 1
    longest_ms: int = 0

    @property
    def options_as_heard(self) -> JobOptions:
        """What the engine is told where voices are laid out by segments: one voice, in those ranges."""
        if not self.options.segments:
            return self.options
        return self.options.model_copy(
            update={
                "segments": (),
                "time_ranges": self.options.changed_ranges,
                "second_speech_id": None,
            }
        )


class RenderReport(Model):
    """What a container leaves behind at `results/{id}.json` when it is done."""

    output: JobOutput | None = None
    warnings: tuple[AnyWarning, ...] = ()
    #: The engine's own account of its work: targets, spans left untouched, timings.
    quality: dict[str, JsonValue] = Field(default_factory=dict)
    #: Of the source's bytes: their analyses are stored under account + this.
    sha256: str | None = None
    #: Of an analysis: whose source it was.
    account_id: AccountId | None = None
    faces: int | None = None
    frames: int | None = None
    frames_with_face: int | None = None


def plan_key(task_id: str) -> str:
    """Where the plan of a job or an analysis lies in the work bucket."""
    return f"plans/{task_id}.json"


def result_key(task_id: str) -> str:
    """Where the report of a job or an analysis lies in the work bucket."""
    return f"results/{task_id}.json"


def task_keys(task_id: str) -> tuple[str, str]:
    """All that a job or an analysis has of its own in the work bucket, but for a job's parts."""
    return plan_key(task_id), result_key(task_id)


def outputs_prefix(account_id: str, job_id: str) -> str:
    """Below it in the outputs bucket lies all that a job made."""
    return f"outputs/{account_id}/{job_id}/"


def account_outputs_prefix(account_id: str) -> str:
    """Below it lie all outputs of an account."""
    return f"outputs/{account_id}/"


def batches_prefix(account_id: str) -> str:
    """Below it lie the jobs of an account's large batches, as far as they wait to be made."""
    return f"batches/{account_id}/"


def analyses_prefix(account_id: str) -> str:
    """Below it lie all analyses of an account."""
    return f"analyses/{account_id}/"


def analysis_prefix(account_id: str, sha256: str) -> str:
    """Below it lie all analyses of these bytes; never shared between accounts (D10)."""
    return f"analyses/{account_id}/{sha256}/"
