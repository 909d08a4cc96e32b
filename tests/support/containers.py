"""A render's tasks, each in a container of its own, with folders for buckets."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lipwire import engines
from lipwire.domain.jobs import JobStatus, RenderPlan
from lipwire.domain.options import JobOptions
from lipwire.render.face.measure import measure_video
from lipwire.render.runner import Runner
from tests.support.builders import ACCOUNT, a_job
from tests.support.fakes import FakeClock, FakeJobs, FakeWork
from tests.support.renders import shown

JOB = a_job().id


class Folders:
    """Buckets as folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """False for what is not there."""
        found = self.root / bucket / key
        if found.exists():
            shutil.copy(found, path)
        return found.exists()

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None:
        """The bytes lie at the key."""
        target = self.root / bucket / key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)

    def remove(self, bucket: str, prefix: str) -> None:
        """Nothing is left below the prefix."""
        shutil.rmtree(self.root / bucket / prefix, ignore_errors=True)


@dataclass
class Containers:
    """Each task in a container of its own: only the buckets are common to them."""

    root: Path
    work: FakeWork
    jobs: FakeJobs

    @classmethod
    def given(
        cls, root: Path, source: Path, speech: Path, *, longest_ms: int, shards: int
    ) -> "Containers":
        """A job whose plan is written."""
        made = cls(root, FakeWork(), FakeJobs(a_job(status=JobStatus.RENDERING)))
        files = Folders(root)
        files.put(source, "uploads", "source", content_type="")
        files.put(speech, "uploads", "speech", content_type="")
        made.work.put_plan(
            RenderPlan(
                id=JOB,
                account_id=ACCOUNT,
                engine="retarget",
                is_image=False,
                source_key="source",
                source_version=None,
                speech_key="speech",
                output_key="output.mp4",
                cover_key="cover.jpg",
                options=JobOptions(),
                shards=shards,
                longest_ms=longest_ms,
            )
        )
        return made

    def runner(self, name: str) -> Runner:
        """A new container with an empty folder."""
        folder = self.root / name
        folder.mkdir()
        return Runner(
            files=Folders(self.root),
            reports=self.work,
            jobs=self.jobs,
            clock=FakeClock(),
            load_engine=engines.load,
            folder=folder,
            uploads="uploads",
            work="work",
            outputs="outputs",
        )

    def render(self) -> Path:
        """The whole way; the last part is rendered first, and one of them twice."""
        self.runner("prepare").prepare(JOB)
        shards = self.work.plan(JOB).shards
        for index in reversed(range(shards)):
            self.runner(f"part{index}").render_shard(JOB, index)
        self.runner("again").render_shard(JOB, shards - 1)
        self.runner("assemble").assemble(JOB)
        return self.root / "outputs" / "output.mp4"


def assert_no_jump(containers: Containers, own: np.ndarray) -> None:
    """Steps over seams against all steps of `own`, in distances between the eyes."""
    output = containers.root / "outputs" / "output.mp4"
    opening = measure_video(output).opening
    # Frames just before and after each seam, by where the parts stood.
    numbers = seam_frames(containers, [float(time) for _, time in shown(output)])
    assert numbers
    allowed = np.nanpercentile(np.abs(np.diff(own)), 95)
    jumps = [abs(opening[number] - opening[number - 1]) for number in numbers]
    assert max(jumps) <= allowed, (jumps, allowed)


def seam_frames(containers: Containers, times_s: list[float]) -> list[int]:
    """Numbers of the frames that begin a part."""
    return [
        number
        for number in (
            next((k for k, time in enumerate(times_s) if time >= seam / 1000), None)
            for seam in containers.work.cut(JOB).seams
        )
        if number is not None
    ]
