"""Every point at which a process can die between the writes of a job's money, and what the platform does about it.

`python -m tests.support.kill_points --write` brings the table of docs/architecture/05-credits.md up to date.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lipwire.domain.assets import Problem
from lipwire.domain.jobs import Job
from tests.support.builders import voice_info
from tests.support.memory_dynamodb import Fault
from tests.support.money_world import World

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/architecture/05-credits.md"
BEGIN, END = "<!-- kill points -->\n", "<!-- end of kill points -->"
#: A step function's retries of a step.
TRIES = 3


@dataclass(frozen=True)
class Act:
    """What one process does; a step is tried again when its process dies, a request is not."""

    name: str
    do: Callable[["Life"], object]
    is_step: bool = True


class Life:
    """One job, from its creation to its end."""

    def __init__(self) -> None:
        self.world = World()
        self.world.grant(60_000, "first")

    @property
    def job(self) -> Job | None:
        """The job, once there is one."""
        keys = sorted(self.world.dynamodb.tables["jobs"])
        return self.world.jobs.get(keys[0][0]) if keys else None  # type: ignore[arg-type]

    def run(self, act: Act, *, at: int = 0, fault: Fault | None = None) -> list[str]:
        """What the act touched, effect by effect; the fault is of its effect number `at`."""
        begin = len(self.world.dynamodb.writes)
        self.world.dynamodb.faults = {} if fault is None else {begin + at: fault}
        for _ in range(TRIES if act.is_step else 1):
            if self.job is None and act is not CREATE:
                break
            if self.world.attempt(lambda: (act.do(self), True)):
                break
        self.world.dynamodb.faults = {}
        return self.world.dynamodb.writes[begin:]

    def step(self, name: str) -> None:
        """One of the world's steps, on the job, while its workflow runs."""
        if self.job is not None and self.job.id in self.world.outside.running:
            getattr(self.world, name)(self.job.id)

    def recover(self) -> None:
        """What happens without anybody: the sweeper, the workflow that was started, the reconciler a day later."""
        for _ in range(2):
            self.run(PUBLISH)
            if self.job is not None and self.job.failure is not None:
                self.run(FAIL)
            for act in WORKFLOW:
                self.run(act)
        self.world.reconcile()
        self.world.wait(timedelta(hours=25))
        self.world.reconcile()
        self.run(PUBLISH)


def _create(life: Life) -> None:
    life.world.create(speech_url="https://example.com/voice.wav")


def _fetch(life: Life) -> None:
    """FetchSources, which moves no credits."""
    assert life.job is not None
    voice = life.world.assets.get(life.job.speech_id)
    assert voice is not None
    life.world.unseen[voice.id] = voice_info(duration_ms=9_000)
    now = life.world.clock.now()
    life.world.assets.mark_uploaded(voice, version_id="v1", size_bytes=9, at=now)


def _noted(life: Life) -> None:
    assert life.job is not None
    problem = Problem(code="no_face", message="No face.")
    life.world.jobs.record_failure(life.job.id, problem)


def _rendered(life: Life) -> None:
    assert life.job is not None
    life.world.render(life.job.id, 200)
    life.step("settle")


CREATE = Act("create", _create, is_step=False)
PUBLISH = Act("publish", lambda life: life.world.publish())
FETCH = Act("fetch", _fetch)
VALIDATE = Act("validate", lambda life: life.step("validate"))
BEGIN_RENDERING = Act("plan", lambda life: life.step("begin_rendering"))
SETTLE = Act("settle", _rendered)
NOTE = Act("note the failure", _noted)
FAIL = Act("fail", lambda life: life.step("fail"))
CANCEL = Act("cancel", lambda life: life.world.cancel(life.job.id), is_step=False)  # type: ignore[union-attr]
WORKFLOW = (FETCH, VALIDATE, BEGIN_RENDERING, SETTLE)

#: The three ways a job can go.
LIVES = {
    "succeeded": (CREATE, PUBLISH, *WORKFLOW, PUBLISH),
    "failed": (CREATE, PUBLISH, FETCH, NOTE, FAIL, PUBLISH),
    "canceled": (CREATE, PUBLISH, FETCH, CANCEL, PUBLISH),
}


@dataclass(frozen=True)
class KillPoint:
    """Before one effect of one act; the last effect of an act has a point after it too."""

    life: str
    #: Of the acts of that life, from 0.
    act: int
    effect: int
    #: What that effect touches.
    touches: str

    @property
    def name(self) -> str:
        """The act's."""
        return LIVES[self.life][self.act].name


def kill_points() -> list[KillPoint]:
    """All of them; what two lives have in common is taken once."""
    found, seen = [], set()
    for name, acts in LIVES.items():
        life = Life()
        for number, act in enumerate(acts):
            effects = life.run(act)
            if act is FETCH or (act.name, *effects) in seen:
                continue
            seen.add((act.name, *effects))
            found += [KillPoint(name, number, k, what) for k, what in enumerate(effects)]
    return found


def killed_at(point: KillPoint, fault: Fault) -> Life:
    """A life that was interrupted there, and recovered from by itself."""
    life = Life()
    for number, act in enumerate(LIVES[point.life]):
        if number == point.act:
            life.run(act, at=point.effect, fault=fault)
        else:
            life.run(act)
    life.recover()
    return life


def table() -> str:
    """For the document."""
    lines = [
        "| # | process | the job in the end | dies before, dies after, or never hears of |",
        "| --- | --- | --- | --- |",
    ]
    for number, point in enumerate(kill_points(), start=1):
        lines.append(f"| {number} | {point.name} | {point.life} | {point.touches} |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """The document with the table as it is now."""
    return re.sub(f"{BEGIN}.*{END}", f"{BEGIN}{table()}{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
