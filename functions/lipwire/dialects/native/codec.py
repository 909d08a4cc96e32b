"""Native JSON to commands, views to native JSON."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.native import wire
from lipwire.dialects.native.codec_job_in import job_fields
from lipwire.dialects.native.wire_base import AssetRef
from lipwire.dialects.native.wire_options import from_options
from lipwire.domain import commands
from lipwire.domain.assets import Problem
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.model import Model
from lipwire.domain.quality import QualityReport
from lipwire.domain.views import (
    Deleted,
    EstimateView,
    JobView,
    Page,
)


class ListQuery(Model):
    """Query of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = None


class JobListQuery(ListQuery):
    """Query of the list of jobs."""

    status: JobStatus | None = None


class WaitQuery(Model):
    """Query of one job."""

    model_config = ConfigDict(extra="forbid")

    wait: int = Field(default=0, ge=0, le=20, description="Seconds to wait for the job to end.")


def to_create_job(request: WireRequest) -> commands.CreateJob:
    """POST /jobs."""
    return commands.CreateJob(**_job_fields(request))


def to_estimate_job(request: WireRequest) -> commands.EstimateJob:
    """POST /jobs/estimate."""
    return commands.EstimateJob(**_job_fields(request))


def _job_fields(request: WireRequest) -> dict[str, Any]:
    return job_fields(read_json(request, wire.JobIn))


def to_get_job(request: WireRequest) -> commands.GetJob:
    """GET /jobs/{id}."""
    query = validate(WaitQuery, dict(request.query))
    return commands.GetJob(job_id=JobId(request.path_params["id"]), wait_s=query.wait)


def to_list_jobs(request: WireRequest) -> commands.ListJobs:
    """GET /jobs."""
    query = validate(JobListQuery, dict(request.query))
    return commands.ListJobs(limit=query.limit, cursor=query.cursor, status=query.status)


def to_cancel_job(request: WireRequest) -> commands.CancelJob:
    """POST /jobs/{id}/cancel."""
    return commands.CancelJob(job_id=JobId(request.path_params["id"]))


def to_delete_job(request: WireRequest) -> commands.DeleteJob:
    """DELETE /jobs/{id}."""
    return commands.DeleteJob(job_id=JobId(request.path_params["id"]))


def from_new_job(view: JobView) -> WireResponse:
    """A job that was accepted."""
    return to_json(job_out(view), status=202)


def from_estimate(view: EstimateView) -> WireResponse:
    """What a job would hold."""
    return to_json(
        wire.EstimateOut(
            held_millicredits=view.price.amount + view.speech_millicredits,
            speech_millicredits=view.speech_millicredits,
            price_list=str(view.terms),
            engine=view.engine,
            counted=view.price.counted.value,
            count=str(view.price.units),
            millicredits_each=str(view.price.each),
            longest_ms=view.longest_ms,
            is_provisional=view.longest_ms is None,
        )
    )


def from_job(view: JobView) -> WireResponse:
    """One job."""
    return to_json(job_out(view))


def from_jobs(page: Page[JobView]) -> WireResponse:
    """A page of jobs."""
    return to_json(
        wire.JobPage(items=[job_out(view) for view in page.items], next_cursor=page.next_cursor)
    )


def from_deleted(view: Deleted) -> WireResponse:
    """Nothing is left to say."""
    del view
    return WireResponse(status=204)


def job_out(view: JobView) -> wire.JobOut:
    """A job's JSON; the webhook's `data` is the same."""
    job, output = view.job, None
    if job.output and view.output_url and view.cover_url and view.urls_expire_at:
        output = wire.OutputOut(
            url=view.output_url,
            cover_url=view.cover_url,
            urls_expire_at=view.urls_expire_at,
            width=job.output.width,
            height=job.output.height,
            fps=job.output.fps,
            frames=job.output.frames,
            duration_ms=job.output.duration_ms,
            size_bytes=job.output.size_bytes,
        )
    return wire.JobOut(
        id=job.id,
        status=job.status.value,
        stage=job.stage,
        progress=job.percent,
        source=AssetRef(asset_id=job.source_id),
        speech=AssetRef(asset_id=job.speech_id),
        options=from_options(job.options),
        engine=job.engine,
        test=job.is_test,
        batch_id=job.batch_id,
        name=job.name,
        webhook_url=job.webhook_url,
        metadata=job.metadata,
        output=output,
        warnings=[
            wire.WarningOut(code=one.code, message=one.message, details=one.details)
            for one in job.warnings
        ],
        quality_report=_quality_out(job.quality) if job.quality else None,
        error=problem_out(job.error),
        credits=wire.CreditsOut(
            held_millicredits=0 if job.is_final else job.held_millicredits,
            charged_millicredits=job.charged_millicredits,
        ),
        created_at=job.created_at,
        updated_at=job.updated_at,
        finished_at=job.finished_at,
    )


def _quality_out(report: QualityReport) -> wire.QualityOut:
    shown = report.model_dump(exclude={"score_permille", "spans"})
    return wire.QualityOut(
        **shown,
        score=_share(report.score_permille),
        spans=[
            wire.KeptSpanOut(
                start_s=span.start_ms / 1000,
                end_s=span.end_ms / 1000,
                reason=span.reason,
                score=_share(span.score_permille),
            )
            for span in report.spans
        ],
    )


def _share(permille: int | None) -> float | None:
    return None if permille is None else permille / 1000


def problem_out(problem: Problem | None) -> wire.ProblemOut | None:
    """What is wrong, where something is."""
    return wire.ProblemOut(code=problem.code, message=problem.message) if problem else None


def to_json(body: BaseModel, *, status: int = 200) -> WireResponse:
    """An answer with that body."""
    return WireResponse(status=status, body=body.model_dump_json())
