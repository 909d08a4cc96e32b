"""Last step of the job workflow: the work is paid."""

from fractions import Fraction

from lipwire.domain.credits import LOW_BALANCE, Millicredits
from lipwire.domain.errors import JobNotFoundError, RenderFailedError
from lipwire.domain.ids import JobId
from lipwire.domain.prices import charge, resolution_of
from lipwire.domain.quality import quality_report
from lipwire.ports import Clock, JobStore, Ledger, WorkStore


def settle_job(
    job_id: JobId, *, jobs: JobStore, work: WorkStore, ledger: Ledger, clock: Clock
) -> None:
    """The frames rendered are charged, the rest of the hold returned, the job succeeded: once.

    The charge is never above the hold, whatever was rendered. Where little is left afterwards, the owner is told.

    Raises:
        RenderFailedError: the container ended well but left no report.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError
    report = work.report(job_id)
    if report is None or report.output is None:
        raise RenderFailedError
    output = report.output
    price = charge(
        job.terms,
        frames=output.frames,
        fps=Fraction(output.fps),
        duration_ms=output.duration_ms,
        resolution=resolution_of(output.width, output.height),
        per_second=job.per_second_millicredits,
        held=Millicredits(job.held_millicredits - job.speech_millicredits),
    )
    quality = quality_report(
        report.quality,
        fps=Fraction(report.output.fps),
        seed=job.options.seed or 0,
        engine=job.engine,
    )
    jobs.settle(
        job.model_copy(update={"quality": quality}),
        charge=Millicredits(price.amount + job.speech_millicredits),
        output=report.output,
        warnings=(*job.warnings, *report.warnings),
    )
    ledger.tell_if_low(job.account_id, threshold=LOW_BALANCE, at=clock.now())
