"""The native API's JSON, field by field; OpenAPI is generated from these models."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lipwire.dialects.native.wire_base import AssetRef, MediaRef, Name, Out, Url, VoiceRef, Wire
from lipwire.dialects.native.wire_options import OptionsIn
from lipwire.domain.model import Model


class UploadIn(Wire):
    """A file to come."""

    filename: Name = Field(description="For your own orientation; it never becomes part of a path.")
    content_type: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$", max_length=100)
    ]
    size_bytes: int = Field(gt=0, description="Exact size; the upload URL takes no other.")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="Of the bytes, in hex: the upload URL then takes no others, with the headers that are answered.",
    )


class ConsentIn(Wire):
    """That the person in the source agrees."""

    statement: Annotated[str, StringConstraints(min_length=1, max_length=2000)] = Field(
        description="In your words: who agreed to what, and how you know. Kept as an audit row."
    )


class JobIn(Wire):
    """A face and a voice."""

    source: MediaRef = Field(description="A video, or an image with a face.")
    speech: VoiceRef = Field(
        description="A voice: audio, a video whose sound is used, or a text to speak."
    )
    options: OptionsIn = Field(default_factory=OptionsIn)
    consent: ConsentIn | None = Field(
        default=None, description="Some deployments take no job without one."
    )
    name: Name | None = None
    webhook_url: Url | None = Field(
        default=None,
        description="Told once when the job ends, signed with the account's `webhook_secret`.",
    )
    metadata: dict[
        Annotated[str, StringConstraints(min_length=1, max_length=40)],
        Annotated[str, StringConstraints(max_length=500)],
    ] = Field(default={}, max_length=20, description="Yours; comes back as it is.")


class PartOut(Out):
    """One part of an upload above 5 GB."""

    number: int
    url: str


class UploadTargetOut(Out):
    """Where to send the bytes: either `url`, or each `parts[].url` with `part_size` bytes."""

    method: str
    url: str | None = None
    headers: dict[str, str]
    parts: list[PartOut] | None = None
    part_size: int | None = None


class UploadOut(Out):
    """Permission to put one asset."""

    asset_id: str
    upload: UploadTargetOut
    expires_at: datetime


class ProblemOut(Out):
    """What is wrong and how to mend it."""

    code: str
    message: str


class MediaOut(Out):
    """What the probe found."""

    kind: Literal["video", "image", "audio"]
    container: str
    duration_ms: int
    width: int | None = None
    height: int | None = None
    fps: str | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    has_audio: bool


class AnalysisOut(Out):
    """What the face analysis found; made once, reused by every job on this source."""

    status: Literal["none", "running", "done", "failed"]
    faces: int | None = None
    frames: int | None = None
    frames_with_face: int | None = None


class AssetOut(Out):
    """A media object."""

    id: str
    status: Literal["awaiting_upload", "uploaded", "ready", "rejected"]
    filename: str
    content_type: str
    size_bytes: int
    media: MediaOut | None = None
    analysis: AnalysisOut
    error: ProblemOut | None = None
    created_at: datetime


class AssetPage(Out):
    """Some assets, newest first."""

    items: list[AssetOut]
    next_cursor: str | None


class OutputOut(Out):
    """The result; its URLs need no key and are signed anew at each read."""

    url: str
    cover_url: str
    urls_expire_at: datetime
    width: int
    height: int
    fps: str
    frames: int
    duration_ms: int
    size_bytes: int


class CreditsOut(Out):
    """In milli-credits: 1,000 are one credit."""

    held_millicredits: int
    charged_millicredits: int | None = None


class EstimateOut(Out):
    """What a job would hold: never less than it can be charged, once all files have been looked into."""

    held_millicredits: int
    speech_millicredits: int = Field(
        description="Of what is held: for texts that are to be spoken."
    )
    price_list: str = Field(
        description="Name and version; a job is charged by the one it was held by."
    )
    engine: str
    counted: Literal["frames", "seconds"]
    count: str = Field(
        description="What is counted, as a fraction; native: the longest possible output plus a second."
    )
    millicredits_each: str = Field(description="The price of one of them, as a fraction.")
    longest_ms: int | None = Field(description="How long the output may last.")
    is_provisional: bool = Field(
        description="A file has not been looked into yet: the hold is for five seconds and grows when it has been."
    )


class WarningOut(Out):
    """Something was done differently; the job goes on."""

    code: str
    message: str
    details: dict[str, Any] = Field(default={})


class KeptSpanOut(Out):
    """A part of the output that keeps the original picture."""

    start_s: float
    end_s: float
    reason: str
    score: float | None = None


class QualityOut(Out):
    """How good the result is, as far as it was measured while it was made."""

    score: float | None = Field(default=None, description="0 to 1; 1 is as good as the source.")
    spans: list[KeptSpanOut]
    closures: int | None = Field(default=None, description="Closures of the lips in the voice.")
    closure_frames: int | None = None
    face: int | None = Field(default=None, description="Who speaks, counted from the left from 0.")
    faces: int | None = None
    engine: str | None = None
    engine_version: str | None = None
    speech_model: str | None = None
    seed: int


class JobOut(Out):
    """One job as it stands now."""

    id: str
    status: Literal["queued", "validating", "rendering", "succeeded", "failed", "canceled"]
    stage: str
    progress: int = Field(ge=0, le=100, description="Percent.")
    source: AssetRef
    speech: AssetRef
    options: OptionsIn = Field(description="As understood: words of style are values here.")
    engine: str | None = None
    test: bool = Field(description="Made with a test key: costs nothing, and the output is marked.")
    batch_id: str | None = None
    name: str | None = None
    webhook_url: str | None = None
    metadata: dict[str, str]
    output: OutputOut | None = None
    warnings: list[WarningOut]
    quality_report: QualityOut | None = None
    error: ProblemOut | None = None
    credits: CreditsOut
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None


class JobPage(Out):
    """Some jobs, newest first."""

    items: list[JobOut]
    next_cursor: str | None


class EngineOut(Out):
    """An engine that this deployment can run."""

    name: str
    version: str
    summary: str
    modes: list[str]
    device: str
    licence: str
    millicredits_per_second: int


class BalanceOut(Out):
    """In milli-credits: `available` + `held` = `balance`."""

    balance_millicredits: int
    held_millicredits: int
    available_millicredits: int


class EntryOut(Out):
    """One movement of credits; it never changes."""

    key: str
    kind: Literal["GRANT", "HOLD", "RELEASE", "SETTLE", "CHARGE", "REFUND", "ADJUST"]
    amount_millicredits: int = Field(description="Negative only for an ADJUST that takes away.")
    held_millicredits: int | None = Field(
        default=None, description="Of a SETTLE or RELEASE: the whole hold that it ends."
    )
    job_id: str | None = None
    asset_id: str | None = Field(
        default=None, description="Of a CHARGE for speech, and its REFUND."
    )
    price_list: str | None = Field(
        default=None, description="Of a HOLD or CHARGE: name and version."
    )
    note: str | None = None
    created_at: datetime


class EntryPage(Out):
    """Some entries of the ledger, newest first."""

    items: list[EntryOut]
    next_cursor: str | None


class LimitsOut(Out):
    """What the plan allows, with the account's own changes."""

    requests_per_minute: int = Field(description="Of requests that make something.")
    burst: int = Field(description="So many of them at once.")
    reads_per_minute: int = Field(description="Of all other requests; about.")
    max_active_jobs: int
    max_duration_ms: int
    max_upload_bytes: int
    max_pixels: int
    retention_days: int
    max_speech_characters: int = Field(description="Of one text.")


class AccountOut(Out):
    """The account behind the key."""

    id: str
    name: str
    plan: str
    limits: LimitsOut
    active_jobs: int = Field(description="Jobs that have not ended.")
    credits: BalanceOut
    engines: list[EngineOut]
    webhook_secret: str | None = Field(
        description="Signs webhooks of jobs that name a `webhook_url`; for keys with the scope `webhooks`."
    )


class ClosedOut(Out):
    """An account that is closed; all it left is erased within minutes, and later where it had jobs running."""

    id: str
    status: Literal["closed"]


class FieldError(Out):
    """One field and what it needs."""

    field: str
    message: str


class ErrorOut(Model, extra="allow"):
    """problem+json (RFC 9457); some codes carry more fields."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldError] | None = None
