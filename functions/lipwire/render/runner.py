"""One task of a container: fetch the plan and its files, run the engine, put the results, leave a report."""

import logging
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

from lipwire.domain.errors import NoFaceError, UnavailableError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import (
    JobOutput,
    RenderPlan,
    RenderReport,
    analysis_prefix,
    outputs_prefix,
    result_key,
)
from lipwire.domain.shards import (
    ShardCut,
    ShardReport,
    cut_analysis_key,
    cut_hearing_key,
    part_cover_key,
    part_key,
    parts_prefix,
)
from lipwire.domain.warnings import AnyWarning, JobWarning
from lipwire.engines.base import (
    AnalyzeResult,
    AnalyzeTask,
    Engine,
    HearTask,
    Progress,
    RenderResult,
    RenderTask,
    Shard,
)
from lipwire.ports import Clock, JobStore
from lipwire.render.merge import merged_quality, merged_warnings
from lipwire.render.progress import JobProgress, StoppedError
from lipwire.render.stores import Files, Reports
from lipwire.render.task_files import TaskFiles, sha256_of

_BYTES: Final = "application/octet-stream"
log = logging.getLogger("lipwire")


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
        self._inputs = TaskFiles(files, folder, uploads=uploads)
        self._work = work
        self._outputs = outputs

    def render(self, job_id: str) -> None:
        """The output, its cover and a report lie in their buckets.

        Raises:
            MediaError: the files can't be rendered, whoever tries.
            StoppedError: the job was canceled meanwhile.
        """
        plan = self._reports.plan(job_id)
        progress = JobProgress(JobId(job_id), self._jobs, self._clock)
        progress("fetching", 0, 1)
        source, speeches = self._inputs.source(plan), self._inputs.speeches(plan)
        mask = self._inputs.mask(plan)
        engine = self._engine(plan.engine)
        analysis, analysis_key, was_there = self._analysis(plan, source, engine)
        result = engine.render(
            RenderTask(
                source=source,
                is_image=plan.is_image,
                speeches=speeches,
                mask=mask,
                analysis=analysis,
                output=self._folder / "output.mp4",
                cover=self._folder / "cover.jpg",
                progress=progress,
                options=self._inputs.options(plan),
                mark=plan.mark,
            )
        )
        progress("uploading", 0, 1)
        wrote = []
        if analysis.exists() and not (was_there and result.quality.get("analysis") == "reused"):
            self._put(analysis, self._work, analysis_key, _BYTES)
            wrote.append((self._work, analysis_key))
        self._publish(
            plan,
            RenderReport(
                output=_output(result, plan, self._folder / "output.mp4"),
                warnings=_warnings(result),
                quality=dict(result.quality),
                sha256=sha256_of(source),
            ),
            wrote,
        )

    def prepare(self, job_id: str) -> None:
        """What the parts of a long output have in common is agreed.

        The analysis they plan by, what was heard in the voices, and where it is cut.
        """
        from lipwire.render.seams import quiet_seams

        plan = self._reports.plan(job_id)
        progress = JobProgress(JobId(job_id), self._jobs, self._clock)
        progress("fetching", 0, 1)
        source, speeches = self._inputs.source(plan), self._inputs.speeches(plan)
        engine = self._engine(plan.engine)
        heard = self._folder / "heard"
        engine.hear(
            HearTask(
                speeches=speeches,
                options=self._inputs.options(plan),
                heard=heard,
                progress=progress,
            )
        )
        _, analysis, wrote = self._analyzed(plan, source, engine, progress)
        progress("planning", 0, 1)
        seams = quiet_seams(
            speeches,
            order=plan.options_as_heard.speaking_order,
            parts=plan.shards,
            length_ms=plan.longest_ms,
        )
        shared = cut_analysis_key(job_id, sha256_of(analysis))
        self._put(analysis, self._work, shared, _BYTES)
        hearing = None
        if heard.exists():
            hearing = cut_hearing_key(job_id, sha256_of(heard))
            self._put(heard, self._work, hearing, _BYTES)
        self._reports.agree_cut(
            job_id,
            ShardCut(
                seams=seams,
                analysis_key=shared,
                hearing_key=hearing,
                source_sha256=sha256_of(source),
            ),
        )
        self._leave_nothing_if_over(job_id, [*wrote, (self._work, parts_prefix(job_id))])

    def render_shard(self, job_id: str, index: int) -> None:
        """One part lies in the work bucket, then its report: a part without one is never joined."""
        plan, cut = self._reports.plan(job_id), self._reports.cut(job_id)
        start_ms, end_ms = cut.spans()[index]
        progress = JobProgress(JobId(job_id), self._jobs, self._clock, shard=index)
        progress("fetching", 0, 1)
        source, speeches = self._inputs.source(plan), self._inputs.speeches(plan)
        mask = self._inputs.mask(plan)
        analysis, heard = self._folder / "analysis.npz", self._folder / "heard"
        self._inputs.need(self._work, cut.analysis_key, analysis)
        if cut.hearing_key is not None:
            self._inputs.need(self._work, cut.hearing_key, heard)
        part, cover = self._folder / "part.mp4", self._folder / "cover.jpg"
        result = self._engine(plan.engine).render(
            RenderTask(
                source=source,
                is_image=plan.is_image,
                speeches=speeches,
                mask=mask,
                analysis=analysis,
                output=part,
                cover=cover,
                progress=progress,
                options=self._inputs.options(plan),
                mark=plan.mark,
                heard=heard,
                shard=Shard(start_ms=start_ms, end_ms=end_ms),
            )
        )
        if result.place is None:
            raise ValueError("the engine does not tell where the part belongs")
        if result.frames and result.quality.get("analysis") != "reused":
            # Another analysis may plan other mouths: this part would not fit the others.
            raise ValueError(
                "the part was not planned by the analysis that all parts have in common"
            )
        progress("uploading", 0, 1)
        output = None
        if result.frames:
            key = part_key(job_id, index, sha256_of(part))
            self._put(part, self._work, key, "video/mp4")
            output = _output(result, plan, part).model_copy(update={"key": key})
        if cover.exists():
            self._put(cover, self._work, part_cover_key(job_id), "image/jpeg")
        self._reports.put_shard(
            job_id,
            index,
            ShardReport(
                output=output,
                warnings=_warnings(result),
                quality=dict(result.quality),
                first=result.place.first,
                of=result.place.of,
                begins_s=str(result.place.begins_s),
            ),
        )
        self._leave_nothing_if_over(job_id, [(self._work, parts_prefix(job_id))])

    def assemble(self, job_id: str) -> None:
        """The parts are one output with one report, and are gone."""
        # Nothing is left to be joined where an attempt before this one came as far as that.
        if self._reports.report(job_id) is None:
            self._join(self._reports.plan(job_id))
        try:
            self._reports.drop_shards(job_id)
        except UnavailableError:
            # The output is there: what is left of its parts goes by the bucket's rule.
            log.warning("parts could not be deleted", exc_info=True)

    def _join(self, plan: RenderPlan) -> None:
        from lipwire.render.media.join import Part, join

        progress = JobProgress(JobId(plan.id), self._jobs, self._clock)
        told = [self._reports.shard(plan.id, index) for index in range(plan.shards)]
        parts, reports, outputs = [], [], []
        for index, report in enumerate(told):
            progress("joining", index, plan.shards)
            if report.output is None:
                continue
            path = self._folder / f"part{index}.mp4"
            self._inputs.need(self._work, report.output.key, path)
            parts.append(Part(path, report.output.frames, Fraction(report.begins_s)))
            reports.append(report)
            outputs.append(report.output)
        firsts = [sum(one.frames for one in outputs[:n]) for n in range(len(outputs) + 1)]
        if not parts or [*(one.first for one in reports), reports[-1].of] != firsts:
            raise ValueError(f"the parts do not make one output: {firsts}")
        output = self._folder / "output.mp4"
        joined = join(parts, output)
        self._inputs.need(self._work, part_cover_key(plan.id), self._folder / "cover.jpg")
        progress("uploading", 0, 1)
        whole = outputs[0].model_copy(
            update={
                "key": plan.output_key,
                "frames": joined.frames,
                "duration_ms": round(joined.duration_s * 1000),
                "size_bytes": output.stat().st_size,
            }
        )
        self._publish(
            plan,
            RenderReport(
                output=whole,
                warnings=merged_warnings(reports),
                quality=merged_quality(reports),
                sha256=self._reports.cut(plan.id).source_sha256,
            ),
            [],
        )

    def analyze(self, asset_id: str) -> None:
        """The analysis of a source lies in the work bucket; a source without a face reports none."""
        plan = self._reports.plan(asset_id)
        source = self._inputs.source(plan)
        engine = self._engine(plan.engine)
        try:
            found, _, _ = self._analyzed(plan, source, engine, lambda *_: None)
        except NoFaceError:
            self._reports.put_report(
                asset_id,
                RenderReport(faces=0, sha256=sha256_of(source), account_id=plan.account_id),
            )
            return
        self._reports.put_report(
            asset_id,
            RenderReport(
                faces=found.faces,
                frames=found.frames,
                frames_with_face=found.frames_with_face,
                sha256=sha256_of(source),
                account_id=plan.account_id,
            ),
        )

    def _engine(self, name: str) -> Engine:
        engine = self._load_engine(name)
        engine.setup()
        return engine

    def _analysis(self, plan: RenderPlan, source: Path, engine: Engine) -> tuple[Path, str, bool]:
        """Local path, key, and whether an earlier analysis of these very bytes was there."""
        spec = engine.spec
        key = f"{analysis_prefix(plan.account_id, sha256_of(source))}{spec.name}-{spec.version}.npz"
        path = self._folder / "analysis.npz"
        return path, key, self._files.fetch(self._work, key, path)

    def _analyzed(
        self, plan: RenderPlan, source: Path, engine: Engine, progress: Progress
    ) -> tuple[AnalyzeResult, Path, list[tuple[str, str]]]:
        """What the analysis found, and where it lies: here, and in the work bucket for all that come after.

        Bucket and key of it, where it was not there before.
        """
        path, key, was_there = self._analysis(plan, source, engine)
        before = sha256_of(path) if was_there else None
        found = engine.analyze(
            AnalyzeTask(source=source, is_image=plan.is_image, analysis=path, progress=progress)
        )
        if before == sha256_of(path):
            return found, path, []
        self._put(path, self._work, key, _BYTES)
        return found, path, [(self._work, key)]

    def _publish(
        self, plan: RenderPlan, report: RenderReport, wrote: list[tuple[str, str]]
    ) -> None:
        """Output and cover lie in the outputs bucket, the report at its key; nothing of a job that is over."""
        if plan.output_key is None or plan.cover_key is None:
            raise ValueError("not the plan of a job")
        self._put(self._folder / "output.mp4", self._outputs, plan.output_key, "video/mp4")
        self._put(self._folder / "cover.jpg", self._outputs, plan.cover_key, "image/jpeg")
        made = [
            *wrote,
            (self._outputs, outputs_prefix(plan.account_id, plan.id)),
            (self._work, result_key(plan.id)),
        ]
        self._leave_nothing_if_over(plan.id, made)
        self._reports.put_report(plan.id, report)
        # The report may have come after a deletion that the output did not.
        self._leave_nothing_if_over(plan.id, made)

    def _leave_nothing_if_over(self, job_id: str, wrote: list[tuple[str, str]]) -> None:
        """Whoever canceled the job meanwhile may have deleted it too, with its sources: nothing of it stays behind then.

        Raises:
            StoppedError: the job has ended, and what was written is gone.
        """
        if self._jobs.keeps_output(JobId(job_id)):
            return
        for bucket, prefix in wrote:
            self._files.remove(bucket, prefix)
        raise StoppedError("the job has ended")

    def _put(self, path: Path, bucket: str, key: str, content_type: str) -> None:
        self._files.put(path, bucket, key, content_type=content_type)


def _output(result: RenderResult, plan: RenderPlan, path: Path) -> JobOutput:
    if plan.output_key is None or plan.cover_key is None:
        raise ValueError("not the plan of a job")
    return JobOutput(
        key=plan.output_key,
        cover_key=plan.cover_key,
        width=result.width,
        height=result.height,
        fps=str(result.fps),
        frames=result.frames,
        duration_ms=result.duration_ms,
        size_bytes=path.stat().st_size,
    )


def _warnings(result: RenderResult) -> tuple[AnyWarning, ...]:
    return tuple(JobWarning.parse(one) if isinstance(one, str) else one for one in result.warnings)
