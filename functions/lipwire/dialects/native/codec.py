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
from lipwire.domain.assets import Asset, Problem
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import Entry
from lipwire.domain.model import Model
from lipwire.domain.quality import QualityReport
from lipwire.domain.views import (
    AccountView,
    ClosedAccount,
    Deleted,
    EstimateView,
    JobView,
    Page,
    UploadView,
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


def to_create_upload(request: WireRequest) -> commands.CreateUpload:
    """POST /uploads."""
    body = read_json(request, wire.UploadIn)
    return commands.CreateUpload(
        filename=body.filename,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        sha256=body.sha256,
    )


def to_complete_upload(request: WireRequest) -> commands.CompleteUpload:
    """POST /uploads/{id}/complete."""
    return commands.CompleteUpload(asset_id=AssetId(request.path_params["id"]))


def to_get_asset(request: WireRequest) -> commands.GetAsset:
    """GET /assets/{id}."""
    return commands.GetAsset(asset_id=AssetId(request.path_params["id"]))


def to_delete_asset(request: WireRequest) -> commands.DeleteAsset:
    """DELETE /assets/{id}."""
    return commands.DeleteAsset(asset_id=AssetId(request.path_params["id"]))


def to_list_assets(request: WireRequest) -> commands.ListAssets:
    """GET /assets."""
    query = validate(ListQuery, dict(request.query))
    return commands.ListAssets(limit=query.limit, cursor=query.cursor)


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


def to_get_account(request: WireRequest) -> commands.GetAccount:
    """GET /account."""
    del request
    return commands.GetAccount()


def to_list_ledger(request: WireRequest) -> commands.ListLedger:
    """GET /ledger."""
    query = validate(ListQuery, dict(request.query))
    return commands.ListLedger(limit=query.limit, cursor=query.cursor)


def to_close_account(request: WireRequest) -> commands.CloseAccount:
    """DELETE /account."""
    del request
    return commands.CloseAccount()


def from_upload(view: UploadView) -> WireResponse:
    """The upload's target."""
    return to_json(
        wire.UploadOut(
            asset_id=view.asset.id,
            upload=wire.UploadTargetOut(
                method=view.method,
                url=view.url,
                headers=dict(view.headers),
                parts=[wire.PartOut(number=part.number, url=part.url) for part in view.parts]
                or None,
                part_size=view.part_size,
            ),
            expires_at=view.asset.upload_expires_at,
        ),
        status=201,
    )


def from_asset(asset: Asset) -> WireResponse:
    """One asset."""
    return to_json(asset_out(asset))


def from_assets(page: Page[Asset]) -> WireResponse:
    """A page of assets."""
    return to_json(
        wire.AssetPage(
            items=[asset_out(asset) for asset in page.items], next_cursor=page.next_cursor
        )
    )


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


def from_ledger(page: Page[Entry]) -> WireResponse:
    """A page of the ledger."""
    items = [
        wire.EntryOut(
            key=entry.key,
            kind=entry.kind.value,
            amount_millicredits=entry.amount_millicredits,
            held_millicredits=entry.held_millicredits,
            job_id=entry.job_id,
            asset_id=entry.asset_id,
            price_list=entry.price_list,
            note=entry.note,
            created_at=entry.created_at,
        )
        for entry in page.items
    ]
    return to_json(wire.EntryPage(items=items, next_cursor=page.next_cursor))


def from_account(view: AccountView) -> WireResponse:
    """The account."""
    account, limits = view.account, view.account.limits
    return to_json(
        wire.AccountOut(
            id=account.id,
            name=account.name,
            plan=account.plan,
            limits=wire.LimitsOut(**limits.model_dump(exclude={"name"})),
            active_jobs=view.active_jobs,
            credits=wire.BalanceOut(
                balance_millicredits=view.balance.balance,
                held_millicredits=view.balance.held,
                available_millicredits=view.balance.available,
            ),
            engines=[
                wire.EngineOut(
                    name=spec.name,
                    version=spec.version,
                    summary=spec.summary,
                    modes=sorted(spec.modes),
                    device=spec.device,
                    licence=spec.licence,
                    millicredits_per_second=spec.millicredits_per_second,
                )
                for spec in view.engines
            ],
            webhook_secret=account.webhook_secret if view.shows_secret else None,
        )
    )


def from_closed(view: ClosedAccount) -> WireResponse:
    """An account that is being erased."""
    return to_json(wire.ClosedOut(id=view.account_id, status="closed"), status=202)


def from_deleted(view: Deleted) -> WireResponse:
    """Nothing is left to say."""
    del view
    return WireResponse(status=204)


def asset_out(asset: Asset) -> wire.AssetOut:
    """An asset's JSON."""
    media = asset.media
    return wire.AssetOut(
        id=asset.id,
        status=asset.status.value,
        filename=asset.filename,
        content_type=asset.content_type,
        size_bytes=asset.size_bytes,
        media=None
        if media is None
        else wire.MediaOut(
            kind=media.kind.value,
            container=media.container,
            duration_ms=media.duration_ms,
            width=media.width,
            height=media.height,
            fps=str(media.fps) if media.fps else None,
            video_codec=media.video_codec,
            audio_codec=media.audio_codec,
            has_audio=media.has_audio,
        ),
        analysis=wire.AnalysisOut(
            status=asset.analysis.status.value,
            faces=asset.analysis.faces,
            frames=asset.analysis.frames,
            frames_with_face=asset.analysis.frames_with_face,
        ),
        error=problem_out(asset.problem),
        created_at=asset.created_at,
    )


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


def from_text(content_type: str) -> Any:
    """An encoder of a finished document."""

    def encode(text: str) -> WireResponse:
        return WireResponse(status=200, body=text, content_type=content_type)

    return encode
