"""`make test` and `make quick`: runs the suites in order, cheap first, and ends with one line that counts all tests.

Each suite is one pytest process in the environment it belongs to. Where two suites use different resources they run
side by side; output is shown whole, suite by suite.
"""

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "test-reports"


@dataclass(frozen=True)
class Suite:
    """Folders that run together in one environment."""

    name: str
    paths: tuple[str, ...]
    environment: str = "tools"
    ignored: tuple[str, ...] = ()


QUICK = Suite(
    "rules", ("tests/unit", "tests/contract", "tests/house"), ignored=("tests/unit/render",)
)
INFRA = Suite("infra", ("tests/infra",))
EMULATOR = Suite("emulator", ("tests/emulator",))
PLATFORM = Suite("platform", ("tests/integration", "tests/e2e"))
RENDER = Suite("render", ("tests/unit/render", "tests/render"), "inference")

#: Each inner tuple runs side by side.
PLANS = {
    "quick": ((QUICK,), (INFRA,)),
    "test": ((QUICK, INFRA), (RENDER, EMULATOR), (PLATFORM,)),
}


@dataclass(frozen=True)
class Outcome:
    """What one suite's report counts."""

    suite: Suite
    passed: int
    failed: int
    skipped: int
    seconds: float


def main(plan: str) -> int:
    """0 when nothing failed."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for group in PLANS[plan]:
        with ThreadPoolExecutor(len(group)) as pool:
            outcomes += pool.map(run, group)
    print()
    for outcome in outcomes:
        print(
            f"  {outcome.suite.name:<10} {outcome.passed:>5} passed {outcome.failed:>3} failed "
            f"{outcome.skipped:>3} skipped  {outcome.seconds:6.1f} s"
        )
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def run(suite: Suite) -> Outcome:
    """Run one suite and count its report; a run that breaks before its first test counts as one failure."""
    paths = [path for path in suite.paths if (ROOT / path).exists()]
    report = REPORTS / f"{suite.name}.xml"
    report.unlink(missing_ok=True)
    python = ROOT / ".venv" / suite.environment / "bin" / "python"
    command = [str(python), "-m", "pytest", "-q", f"--junitxml={report}", *paths]
    command += [f"--ignore={path}" for path in suite.ignored]
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    print(f"===== {suite.name} =====\n{_unsummed(done.stdout)}", flush=True)
    total, failed, skipped = _counts(report)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not failed):
        failed += 1
    return Outcome(suite, total - failed - skipped if total else 0, failed, skipped, seconds)


def _counts(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 0, 0
    suites = ET.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total, failed, skipped


def _unsummed(text: str) -> str:
    """Without pytest's own closing line: the one that counts is the last one printed."""
    return re.sub(r"^=*\s*\d+ (passed|failed|skipped|error).* in [\d.]+s.*$", "", text, flags=re.M)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
