"""What a container fetches for the engine: the versions that were validated, mask and second voice among them."""

import importlib.util
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from lipwire.domain.errors import BusyError, NoFaceError
from lipwire.domain.jobs import JobStatus, RenderPlan, RenderReport, outputs_prefix
from lipwire.domain.options import JobOptions
from lipwire.domain.shards import ShardCut
from lipwire.engines.base import (
    AnalyzeResult,
    AnalyzeTask,
    HearTask,
    RenderResult,
    RenderTask,
    ShardPlace,
)
from lipwire.render.exit_codes import ExitCode
from lipwire.render.progress import StoppedError
from lipwire.render.runner import Runner
from tests.support.builders import ACCOUNT, a_job
from tests.support.fakes import SPEC, FakeClock, FakeJobs, FakeWork

OPTIONS = JobOptions.model_validate(
    {"mask_id": f"ast_{3:026d}", "second_speech_id": f"ast_{4:026d}", "seed": 7}
)
PLAN = RenderPlan(
    id=a_job().id,
    account_id=ACCOUNT,
    engine="retarget",
    is_image=False,
    source_key="source",
    source_version="s1",
    speech_key="voice",
    speech_version="v1",
    second_speech_key="voice2",
    second_speech_version="v2",
    mask_key="mask",
    mask_version="m1",
    output_key=f"{outputs_prefix(ACCOUNT, a_job().id)}output.mp4",
    cover_key=f"{outputs_prefix(ACCOUNT, a_job().id)}cover.jpg",
    options=OPTIONS,
    mark="marked",
)


SHARED = "parts/analysis.npz"


def test_the_engine_hears_voices_by_segments_as_one_in_ranges():
    """It knows of no segments, and of no second face."""
    segments = [{"start_ms": 0, "end_ms": 400}, {"start_ms": 500, "end_ms": 900, "voice": 1}]
    options = JobOptions.model_validate(
        {"second_speech_id": f"ast_{4:026d}", "segments": segments, "seed": 7}
    )
    heard = PLAN.model_copy(update={"options": options}).options_as_heard
    assert heard == JobOptions.model_validate(
        {"seed": 7, "time_ranges": [{"start": 0, "end": 400}, {"start": 500, "end": 900}]}
    )
    assert PLAN.options_as_heard is PLAN.options


class Versions:
    """A bucket of versions: a file's bytes say what was asked for."""

    def __init__(self, *, missing: str = "") -> None:
        self.missing = missing
        self.there: set[str] = set()

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """False for what is missing, and for an analysis: there is none yet but the one that parts share."""
        if (bucket != "uploads" and key != SHARED) or key == self.missing:
            return False
        path.write_text(f"{key}@{version_id}")
        return True

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None:
        """Taken."""
        self.there.add(f"{bucket}/{key}")

    def remove(self, bucket: str, prefix: str) -> None:
        """Gone."""
        self.there = {one for one in self.there if not one.startswith(f"{bucket}/{prefix}")}


class Recorder:
    """An engine that notes its task and what lies in the files."""

    spec = SPEC

    def __init__(self, analysis: str = "made") -> None:
        self.analysis = analysis
        self.task: RenderTask | None = None
        self.read: dict[str, str] = {}

    def setup(self) -> None:
        """Nothing to load."""

    def analyze(self, task: AnalyzeTask) -> AnalyzeResult:
        """Not asked."""
        raise NotImplementedError

    def hear(self, task: HearTask) -> None:
        """Not asked."""
        raise NotImplementedError

    def render(self, task: RenderTask) -> RenderResult:
        """Two files of no worth, and two kinds of warning."""
        self.task = task
        files = {"source": task.source, "left": task.speeches[0]}
        files |= {"right": task.speeches[1]} if len(task.speeches) > 1 else {}
        files |= {"mask": task.mask} if task.mask else {}
        self.read = {name: path.read_text() for name, path in files.items()}
        task.output.write_bytes(b"video")
        task.cover.write_bytes(b"cover")
        return RenderResult(
            frames=50,
            width=640,
            height=360,
            fps=Fraction(25),
            duration_ms=2000,
            warnings=("doubtful_mouths", "subtitles_dropped: 2 tracks"),
            quality={"score": 0.5, "analysis": self.analysis},
            place=ShardPlace(first=0, of=50, begins_s=Fraction(0)) if task.shard else None,
        )


def run(folder: Path, plan: RenderPlan, *, missing: str = "") -> tuple[Recorder, FakeWork]:
    """A container's whole task."""
    engine, work = Recorder(), FakeWork()
    work.put_plan(plan)
    a_runner(folder, work, engine, files=Versions(missing=missing)).render(plan.id)
    return engine, work


def a_runner(
    folder: Path,
    work: FakeWork,
    engine: Recorder | None = None,
    *,
    files: Versions | None = None,
    jobs: FakeJobs | None = None,
) -> Runner:
    """A container's runner over fakes."""
    return Runner(
        files=files or Versions(),
        reports=work,
        jobs=jobs or FakeJobs(a_job(status=JobStatus.RENDERING)),
        clock=FakeClock(),
        load_engine=lambda _: engine or Recorder(),
        folder=folder,
        uploads="uploads",
        work="work",
        outputs="outputs",
    )


def test_mask_and_second_voice_reach_the_engine(tmp_path: Path) -> None:
    """In the versions that were pinned, the left voice first, and with all options."""
    engine, work = run(tmp_path, PLAN)
    assert engine.read == {
        "source": "source@s1",
        "left": "voice@v1",
        "right": "voice2@v2",
        "mask": "mask@m1",
    }
    assert engine.task is not None
    assert (engine.task.options, engine.task.mark) == (OPTIONS, "marked")
    report = work.reports[PLAN.id]
    assert [(one.code, one.details) for one in report.warnings] == [
        ("doubtful_mouths", {}),
        ("subtitles_dropped", {"what": "2 tracks"}),
    ]


def test_without_them_one_voice_and_no_mask_do(tmp_path: Path) -> None:
    """A plain job."""
    nothing = {"second_speech_key": None, "mask_key": None, "options": JobOptions()}
    engine, _ = run(tmp_path, PLAN.model_copy(update=nothing))
    assert set(engine.read) == {"source", "left"}
    assert engine.task is not None
    assert engine.task.mask is None


@pytest.mark.parametrize("missing", ["mask", "voice2"])
def test_a_file_that_was_deleted_meanwhile_stops_the_work(missing: str, tmp_path: Path) -> None:
    """No render without what the caller asked for."""
    with pytest.raises(StoppedError):
        run(tmp_path, PLAN, missing=missing)


@pytest.mark.parametrize("analysis", ["made", "reused"])
def test_a_part_that_was_planned_by_another_analysis_is_not_put(
    analysis: str, tmp_path: Path
) -> None:
    """It would not fit the others: better none."""
    work = FakeWork()
    work.put_plan(PLAN)
    work.agree_cut(PLAN.id, ShardCut(seams=(1000,), analysis_key=SHARED))
    files = Versions()
    runner = a_runner(tmp_path, work, Recorder(analysis), files=files)
    if analysis == "reused":
        runner.render_shard(PLAN.id, 0)
        assert work.shard(PLAN.id, 0).of == 50
        return
    with pytest.raises(ValueError, match="in common"):
        runner.render_shard(PLAN.id, 0)
    assert files.there == set()
    assert work.shards == {}


class Clinging(FakeWork):
    """Parts that can't be deleted just now."""

    def drop_shards(self, job_id: str) -> None:
        raise BusyError


def test_parts_that_cannot_be_deleted_fail_no_finished_job(tmp_path: Path) -> None:
    """The output is there; the parts leave by the bucket's rule."""
    work = Clinging(RenderReport())
    a_runner(tmp_path, work).assemble(PLAN.id)


@pytest.mark.parametrize(
    ("jobs", "kept"),
    [
        (FakeJobs(a_job(status=JobStatus.RENDERING)), True),
        # Another attempt was quicker: its output has the same key.
        (FakeJobs(a_job(status=JobStatus.SUCCEEDED)), True),
        (FakeJobs(a_job(status=JobStatus.CANCELED)), False),
        (FakeJobs(), False),
    ],
    ids=["rendering", "succeeded", "canceled", "deleted"],
)
def test_nothing_stays_behind_for_a_job_that_ended_while_its_output_was_put(
    jobs: FakeJobs, kept: bool, tmp_path: Path
) -> None:
    """Whoever deletes a canceled job finds no output later."""
    work, files = FakeWork(), Versions()
    work.put_plan(PLAN)
    runner = a_runner(tmp_path, work, files=files, jobs=EndsLate(jobs))
    if kept:
        runner.render(PLAN.id)
        assert {f"outputs/{PLAN.output_key}", f"outputs/{PLAN.cover_key}"} <= files.there
        return
    with pytest.raises(StoppedError):
        runner.render(PLAN.id)
    assert files.there == set()
    assert work.reports == {}


def test_no_part_stays_behind_for_a_job_that_ended_while_it_was_put(tmp_path: Path) -> None:
    """Nor does what the parts have in common."""
    work, files = FakeWork(), Versions()
    work.put_plan(PLAN)
    work.agree_cut(PLAN.id, ShardCut(seams=(1000,), analysis_key=SHARED))
    engine, ended = Recorder("reused"), EndsLate(FakeJobs())
    with pytest.raises(StoppedError):
        a_runner(tmp_path, work, engine, files=files, jobs=ended).render_shard(PLAN.id, 0)
    assert files.there == set()


class EndsLate(FakeJobs):
    """A job that renders until it is asked whether its output may stay."""

    def __init__(self, later: FakeJobs) -> None:
        super().__init__(a_job(status=JobStatus.RENDERING))
        self.later = later

    def keeps_output(self, job_id: str) -> bool:
        return self.later.keeps_output(job_id)


def entrypoint() -> ModuleType:
    """The container's entry, which is no package."""
    path = Path(__file__).parents[2] / "containers" / "inference" / "entrypoint.py"
    spec = importlib.util.spec_from_file_location("entrypoint", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Failing:
    """A runner whose every task ends so."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    def __getattr__(self, name: str) -> Callable[..., None]:
        def task(*_: object) -> None:
            if self.failure:
                raise self.failure

        return task


@pytest.mark.parametrize(
    ("failure", "code", "noted"),
    [
        (None, ExitCode.DONE, None),
        (NoFaceError(), ExitCode.BAD_INPUT, "no_face"),
        (StoppedError("ended"), ExitCode.POLICY, None),
        (BusyError(), ExitCode.TRANSIENT, None),
        (KeyError("a bug"), ExitCode.BUG, "render_failed"),
    ],
)
def test_what_ends_a_task_for_good_is_noted_so_that_other_parts_stop(
    failure: Exception | None, code: ExitCode, noted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own too: no part is rendered for nothing. What may pass is not noted."""
    monkeypatch.setenv("AWS_BATCH_JOB_ARRAY_INDEX", "1")
    jobs = FakeJobs(a_job(status=JobStatus.RENDERING))
    assert entrypoint().run("render", a_job().id, Failing(failure), jobs) == code
    problem = jobs.rows[a_job().id].failure
    assert (problem.code if problem else None) == noted
    # Nobody renders for an analysis.
    assert entrypoint().run("analyze", "ast_1", Failing(failure), FakeJobs()) == code
