"""What a container fetches for the engine: the versions that were validated, mask and second voice among them."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lipwire.domain.jobs import JobStatus, RenderPlan
from lipwire.domain.options import JobOptions
from lipwire.engines.base import AnalyzeResult, AnalyzeTask, RenderResult, RenderTask
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
    output_key="outputs/output.mp4",
    cover_key="outputs/cover.jpg",
    options=OPTIONS,
)


class Versions:
    """A bucket of versions: a file's bytes say what was asked for."""

    def __init__(self, *, missing: str = "") -> None:
        self.missing = missing

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """False for what is missing, and for an analysis: there is none yet."""
        if bucket != "uploads" or key == self.missing:
            return False
        path.write_text(f"{key}@{version_id}")
        return True

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None:
        """Taken."""


class Recorder:
    """An engine that notes its task and what lies in the files."""

    spec = replace(SPEC)

    def __init__(self) -> None:
        self.task: RenderTask | None = None
        self.read: dict[str, str] = {}

    def setup(self) -> None:
        """Nothing to load."""

    def analyze(self, task: AnalyzeTask) -> AnalyzeResult:
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
            quality={"score": 0.5},
        )


def run(folder: Path, plan: RenderPlan, *, missing: str = "") -> tuple[Recorder, FakeWork]:
    """A container's whole task."""
    engine, work = Recorder(), FakeWork()
    work.put_plan(plan)
    Runner(
        files=Versions(missing=missing),
        reports=work,
        jobs=FakeJobs(a_job(status=JobStatus.RENDERING)),
        clock=FakeClock(),
        load_engine=lambda _: engine,
        folder=folder,
        uploads="uploads",
        work="work",
        outputs="outputs",
    ).render(plan.id)
    return engine, work


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
    assert engine.task.options == OPTIONS
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
