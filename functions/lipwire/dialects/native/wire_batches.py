"""The native API's JSON of batches."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lipwire.dialects.native.wire import ConsentIn, JobIn, JobOut
from lipwire.dialects.native.wire_base import MediaRef, Name, Out, Url, VoiceRef, Wire
from lipwire.dialects.native.wire_options import OptionsIn
from lipwire.domain.batches import MAX_JOBS, Stop

Metadata = dict[
    Annotated[str, StringConstraints(min_length=1, max_length=40)],
    Annotated[str, StringConstraints(max_length=500)],
]


class BatchIn(Wire):
    """One source and many voices, or many jobs: all are accepted, or none."""

    source: MediaRef | None = Field(
        default=None, description="With `speeches`: the face of all jobs; a URL becomes one asset."
    )
    speeches: list[VoiceRef] | None = Field(
        default=None,
        min_length=1,
        description=f"With `source`: a job for each; at most {MAX_JOBS}.",
    )
    options: OptionsIn = Field(default_factory=OptionsIn, description="With `source`: of all jobs.")
    webhook_url: Url | None = Field(
        default=None, description="With `source`: told when each job ends."
    )
    jobs: list[JobIn] | None = Field(
        default=None, min_length=1, description=f"Jobs as a whole; at most {MAX_JOBS}."
    )
    consent: ConsentIn | None = Field(
        default=None, description="For all jobs of the batch; a job of it says none of its own."
    )
    name: Name | None = None
    metadata: Metadata = Field(default={}, max_length=20)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.jobs is None) is (self.source is None or self.speeches is None):
            raise ValueError("give either jobs, or source and speeches")
        if self.jobs is not None and {"source", "speeches", "options", "webhook_url"} & (
            self.model_fields_set
        ):
            raise ValueError("with jobs, each says its own source, speech, options and webhook_url")
        if any(job.consent is not None for job in self.jobs or ()):
            raise ValueError("a batch has one consent, of its own")
        return self


class BatchOut(Out):
    """A batch; `jobs`, `counts` and `status` are told where one batch is asked for."""

    id: str
    name: str | None = None
    metadata: dict[str, str]
    job_ids: list[str]
    created_at: datetime
    completed_at: datetime | None = None
    stopped: Stop | None = Field(
        default=None, description="Why jobs of it that waited to be made never will be."
    )


class BatchDetailOut(BatchOut):
    """A batch with all its jobs as they stand now."""

    status: Literal["processing", "completed"]
    counts: dict[str, int] = Field(description="How many jobs stand where, by status.")
    jobs: list[JobOut]


class BatchPage(Out):
    """Some batches, newest first."""

    items: list[BatchOut]
    next_cursor: str | None
