"""Code samples of vendors' own pages (tests/samples), run word for word but for what their reader is to fill in."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_FOLDER: Final = ROOT / "tests" / "samples"
#: Each reads its sample from stdin; Node finds packages from the repository's root.
_PROGRAMS: Final = {
    "javascript": ["node", "--input-type=module", "-"],
    "python": [sys.executable, "-I", "-"],
    "curl": ["bash", "-s"],
}
#: Packages that are imported by a sample.
_PACKAGES: Final = {("lipsync_studio", "javascript"): ("express", "node-fetch")}


def run_sample(
    vendor: str, language: str, filled_in: dict[str, str], *, until: str = "", timeout_s: float = 60
) -> str:
    """What the sample prints, with each text of `filled_in` in place of the page's own.

    One that serves for ever is stopped once `until` is printed.

    Raises:
        AssertionError: the sample failed, or has nothing to be filled in there, or did not print that in time.
    """
    for package in _PACKAGES.get((vendor, language), ()):
        if not (ROOT / "node_modules" / package).exists():
            pytest.skip(f"{package} is not installed: make setup")
    sample = (_FOLDER / vendor / f"{language}.txt").read_text(encoding="utf-8")
    for theirs, ours in filled_in.items():
        assert theirs in sample, theirs
        sample = sample.replace(theirs, ours)
    running = subprocess.Popen(
        _PROGRAMS[language],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdin
    assert running.stdout
    assert running.stderr
    watchdog = threading.Timer(timeout_s, running.kill)
    watchdog.start()
    try:
        running.stdin.write(sample)
        running.stdin.close()
        printed = ""
        for line in running.stdout:
            printed += line
            if until and until in line:
                return printed
        assert running.wait() == 0, running.stderr.read()
        assert until in printed, printed
        return printed
    finally:
        watchdog.cancel()
        running.kill()
        running.wait()
        running.stdout.close()
        running.stderr.close()
