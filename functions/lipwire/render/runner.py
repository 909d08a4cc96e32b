"""One task of a container: fetch the plan and its files, run the engine, put the results, leave a report."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from lipwire.domain.errors import NoFaceError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import JobOutput, RenderPlan, RenderReport, analysis_prefix
from lipwire.domain.warnings import JobWarning
from lipwire.engines.base import AnalyzeTask, Engine, RenderTask
from lipwire.ports import Clock, JobStore

#: Where each stage starts and ends, in percent of the job.
_SHARES: Final = {
    "fetching": (0, 3),
    "listening": (3, 5),
    "analyzing": (5, 25),
    "planning": (25, 30),
    "rendering": (30, 96),
    "uploading": (96, 99),
}
_REPORT_EVERY_S: Final = 1.0


class StoppedError(Exception):
    """The job is not rendering any more: somebody canceled it, or another attempt ended it."""


class Files(Protocol):
    """Objects as local files."""

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """False when there is no such object."""

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None: ...


class Reports(Protocol):
    """Plans in, reports out."""

    def plan(self, task_id: str) -> RenderPlan: ...

    def put_report(self, task_id: str, report: RenderReport) -> None: ...


class Runner:
    """Runs tasks; every effect is a put of the same bytes to the same key, so a second attempt changes nothing."""

    def __init__(
        self,
        *,
        files: Files,
        reports: Reports,
        jobs: JobStore,
        clock: Clock,
        load_engine: Callable[[str], Engine],
        folder: Path,
        uploads: str,
        work: str,
        outputs: str,
    ) -> None:
        self._files = files
        self._reports = reports
        self._jobs = jobs
        self._clock = clock
        self._load_engine = load_engine
        self._folder = folder
        self._uploads = uploads
        self._work = work
        self._outputs = outputs

    def render(self, job_id: str) -> None:
        """The output, its cover and a report lie in their buckets.

        Raises:
            MediaError: the files can't be rendered, whoever tries.
            StoppedError: the job was canceled meanwhile.
        """
        plan = self._reports.plan(job_id)
        if plan.speech_key is None or plan.output_key is None or plan.cover_key is None:
            raise ValueError("not the plan of a job")
        progress = _JobProgress(JobId(job_id), self._jobs, self._clock)
        progress("fetching", 0, 1)
        source = self._fetch(plan.source_key, "source", plan.source_version)
        speeches = [self._fetch(plan.speech_key, "speech", plan.speech_version)]
        if plan.second_speech_key is not None:
            speeches.append(
                self._fetch(plan.second_speech_key, "speech2", plan.second_speech_version)
            )
        mask = None
        if plan.mask_key is not None:
            mask = self._fetch(plan.mask_key, "mask", plan.mask_version)
        engine = self._engine(plan.engine)
        analysis, analysis_key, was_there = self._analysis(plan, source, engine)
        result = engine.render(
            RenderTask(
                source=source,
                is_image=plan.is_image,
                speeches=tuple(speeches),
                mask=mask,
                analysis=analysis,
                output=self._folder / "output.mp4",
                cover=self._folder / "cover.jpg",
                progress=progress,
                options=plan.options,
            )
        )
        progress("uploading", 0, 1)
        if analysis.exists() and not (was_there and result.quality.get("analysis") == "reused"):
            self._put(analysis, self._work, analysis_key, "application/octet-stream")
        output = self._folder / "output.mp4"
        self._put(output, self._outputs, plan.output_key, "video/mp4")
        self._put(self._folder / "cover.jpg", self._outputs, plan.cover_key, "image/jpeg")
        self._reports.put_report(
            job_id,
            RenderReport(
                output=JobOutput(
                    key=plan.output_key,
                    cover_key=plan.cover_key,
                    width=result.width,
                    height=result.height,
                    fps=str(result.fps),
                    frames=result.frames,
                    duration_ms=result.duration_ms,
                    size_bytes=output.stat().st_size,
                ),
                warnings=tuple(
                    JobWarning.parse(one) if isinstance(one, str) else one
                    for one in result.warnings
                ),
                quality=dict(result.quality),
            ),
        )

    def analyze(self, asset_id: str) -> None:
        """The analysis of a source lies in the work bucket; a source without a face reports none."""
        plan = self._reports.plan(asset_id)
        source = self._fetch(plan.source_key, "source", plan.source_version)
        engine = self._engine(plan.engine)
        analysis, analysis_key, _ = self._analysis(plan, source, engine)
        try:
            found = engine.analyze(
                AnalyzeTask(
                    source=source,
                    is_image=plan.is_image,
                    analysis=analysis,
                    progress=lambda *_: None,
                )
            )
        except NoFaceError:
            self._reports.put_report(asset_id, RenderReport(faces=0, sha256=_sha256(source)))
            return
        self._put(analysis, self._work, analysis_key, "application/octet-stream")
        self._reports.put_report(
            asset_id,
            RenderReport(
                faces=found.faces,
                frames=found.frames,
                frames_with_face=found.frames_with_face,
                sha256=_sha256(source),
            ),
        )

    def _engine(self, name: str) -> Engine:
        engine = self._load_engine(name)
        engine.setup()
        return engine

    def _fetch(self, key: str, name: str, version_id: str | None) -> Path:
        path = self._folder / name
        if not self._files.fetch(self._uploads, key, path, version_id=version_id):
            raise StoppedError("a file of this task was deleted")
        return path

    def _analysis(self, plan: RenderPlan, source: Path, engine: Engine) -> tuple[Path, str, bool]:
        """Local path, key, and whether an earlier analysis of these very bytes was there."""
        spec = engine.spec
        key = f"{analysis_prefix(plan.account_id, _sha256(source))}{spec.name}-{spec.version}.npz"
        path = self._folder / "analysis.npz"
        return path, key, self._files.fetch(self._work, key, path)

    def _put(self, path: Path, bucket: str, key: str, content_type: str) -> None:
        self._files.put(path, bucket, key, content_type=content_type)


class _JobProgress:
    """Writes how far a job is, at most once a second; stops the work of a job that ended."""

    def __init__(self, job_id: JobId, jobs: JobStore, clock: Clock) -> None:
        self._job_id = job_id
        self._jobs = jobs
        self._clock = clock
        self._stage = ""
        self._next = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Told by the engine at every frame."""
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + _REPORT_EVERY_S
        first, last = _SHARES.get(stage, (0, 0))
        percent = first + (last - first) * done // max(total, 1)
        alive = self._jobs.report_progress(
            self._job_id, stage=stage, progress=percent, at=self._clock.now()
        )
        if not alive:
            raise StoppedError("the job has ended")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
