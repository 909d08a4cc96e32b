"""The native API's JSON, field by field; OpenAPI is generated from these models."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lipwire.dialects.native.wire_base import AssetRef, MediaRef, Name, Out, Url, VoiceRef, Wire
from lipwire.dialects.native.wire_options import OptionsIn


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


class ProblemOut(Out):
    """What is wrong and how to mend it."""

    code: str
    message: str


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
