"""`make test`, `make quick`, `make check`, `make soak`: every suite in order, cheap first, then one line of counts.

A suite is one pytest process in the environment it belongs to; a check is one linter and counts as one test. What
stands side by side in a plan runs side by side, on two cores. A suite's output is shown whole when it has ended.
"""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
REPORTS: Final = ROOT / "build" / "test-reports"
#: No suite but the platform's needs half of this; one that hangs is ended, shown and counted as failed.
LONGEST_S: Final = 900
_CORES: Final = 2
_SCREEN: Final = Lock()


@dataclass(frozen=True)
class Check:
    """One program that says yes or no."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Checks:
    """Checks that run one after the other."""

    name: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Suite:
    """Folders that pytest runs together in one environment; those that are not there are left out."""

    name: str
    paths: tuple[str, ...]
    environment: str = "tools"
    ignored: tuple[str, ...] = ()
    longest_s: int = LONGEST_S
    arguments: tuple[str, ...] = ()


FORM = Checks(
    "form",
    (
        Check("ruff format", ("ruff", "format", "--check", "--quiet", ".")),
        Check("ruff", ("ruff", "check", "--quiet", "--output-format=concise", ".")),
        Check("imports", ("lint-imports", "--no-cache")),
    ),
)
TYPES = Checks(
    "types",
    (
        Check(
            "mypy",
            (
                "mypy",
                "--no-error-summary",
                "functions",
                "infra",
                "containers",
                "tools",
                "benchmarks",
                "tests",
            ),
        ),
    ),
)
HOUSE = Suite("house", ("tests/house",))
UNIT = Suite("unit", ("tests/unit",), ignored=("tests/unit/render", "tests/unit/pages"))
# It hangs a hook into its process that is asked at every step of the interpreter: others would be slow behind it.
PAGES = Suite("pages", ("tests/unit/pages",))
CONTRACT = Suite("contract", ("tests/contract",))
INFRA = Suite("infra", ("tests/infra",))
EMULATOR = Suite("emulator", ("tests/emulator",))
PLATFORM = Suite("platform", ("tests/integration", "tests/e2e"), longest_s=1200)
RENDER = Suite("render", ("tests/unit/render", "tests/render"), "inference")
SOAK = Suite("soak", ("tests/soak",), ignored=("tests/soak/render",), longest_s=7200)
SOAK_RENDER = Suite("soak-render", ("tests/soak/render",), "inference", longest_s=7200)
#: Thousands of examples of every property, others each time: `make test` tries the same few.
SEARCH = ("--hypothesis-profile=search", "-m", "hypothesis")
EXAMPLES = Suite("examples", UNIT.paths, ignored=UNIT.ignored, longest_s=7200, arguments=SEARCH)
EXAMPLES_RENDER = Suite(
    "examples-render", RENDER.paths, "inference", longest_s=7200, arguments=SEARCH
)

#: The parts of an inner tuple share two cores, begun in its order; what measures times or kills processes on the platform
#: runs alone.
PLANS: Final[dict[str, tuple[tuple[Checks | Suite, ...], ...]]] = {
    "check": ((FORM, TYPES, HOUSE),),
    "quick": ((FORM, TYPES, UNIT, CONTRACT, INFRA, HOUSE, PAGES),),
    "test": (
        # The renderer's suite is as long as all the others together.
        (RENDER, FORM, TYPES, HOUSE, PAGES, UNIT, CONTRACT, INFRA),
        (EMULATOR,),
        (PLATFORM,),
    ),
    # Long media, in minutes to hours: kept apart so that a change is tested in less.
    "soak": ((EXAMPLES_RENDER, EXAMPLES), (SOAK_RENDER,), (SOAK,)),
}


@dataclass(frozen=True)
class Outcome:
    """What one suite counts."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def main(plan: str) -> int:
    """0 when nothing failed."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for group in PLANS[plan]:
        with ThreadPoolExecutor(_CORES) as pool:
            outcomes += pool.map(_run, group)
    _say("")
    for outcome in outcomes:
        _say(
            f"  {outcome.name:<10} {outcome.passed:>5} passed {outcome.failed:>3} failed "
            f"{outcome.skipped:>3} skipped  {outcome.seconds:6.1f} s"
        )
    _say(f"  {'in all':<10} {time.monotonic() - began:>44.1f} s")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    _say(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def _run(part: Checks | Suite) -> Outcome:
    return _check(part) if isinstance(part, Checks) else _test(part)


def _check(part: Checks) -> Outcome:
    began = time.monotonic()
    failed = 0
    for check in part.checks:
        program = ROOT / ".venv" / "tools" / "bin" / check.arguments[0]
        environment = {**os.environ, "PYTHONPATH": "functions"}
        code, output = _output(
            [str(program), *check.arguments[1:]], check.name, environment, LONGEST_S
        )
        failed += code != 0
        _show(check.name, output if code else "fine\n")
    return Outcome(part.name, len(part.checks) - failed, failed, 0, time.monotonic() - began)


def _test(suite: Suite) -> Outcome:
    """A run that breaks before its first test, or ends badly without a failed one, counts as one failure."""
    paths = [path for path in suite.paths if (ROOT / path).exists()]
    if not paths:
        return Outcome(suite.name, 0, 0, 0, 0.0)
    report = REPORTS / f"{suite.name}.xml"
    report.unlink(missing_ok=True)
    python = ROOT / ".venv" / suite.environment / "bin" / "python"
    command = [str(python), "-m", "pytest", "-q", "--durations=5", f"--junitxml={report}", *paths]
    command += [f"--ignore={path}" for path in suite.ignored]
    command += suite.arguments
    began = time.monotonic()
    # No compiled files beside the sources: they would change what a deployment is made from.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    code, output = _output(command, suite.name, environment, suite.longest_s)
    seconds = time.monotonic() - began
    _show(suite.name, _unsummed(output))
    total, failed, skipped = _counts(report)
    passed = total - failed - skipped
    if code and not failed:
        failed = 1
    return Outcome(suite.name, passed, failed, skipped, seconds)


def _output(
    command: list[str], name: str, environment: dict[str, str], longest_s: int
) -> tuple[int, str]:
    """Exit code and everything printed; the whole session is ended when it takes too long."""
    log = REPORTS / f"{name.replace(' ', '-')}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = process.wait(longest_s)
        except subprocess.TimeoutExpired:
            code = 124
            file.write(f"\nended after {longest_s} s\n")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
    return code, log.read_text(errors="replace")


def _counts(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 0, 0
    total = failed = skipped = 0
    for suite in ET.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total, failed, skipped


def _unsummed(text: str) -> str:
    """Without pytest's own closing line: the one that counts is the last one printed."""
    closing = r"^=*\s*\d+ (passed|failed|skipped|error|warning).* in [\d.]+s.*$\n?"
    return re.sub(closing, "", text, flags=re.MULTILINE)


def _show(name: str, text: str) -> None:
    with _SCREEN:
        _say(f"----- {name}\n{text.rstrip()}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
