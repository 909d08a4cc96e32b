"""`make bench`: prints every figure with its bar, and writes `out/bench.json`."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import bars, calls, footage, handlers, pipeline, renders
from benchmarks.figure import Figure

OUT: Final = Path(__file__).resolve().parents[1] / "out" / "bench.json"

SUITES: Final[tuple[Callable[[], Iterator[Figure]], ...]] = (
    handlers.figures,
    pipeline.figures,
    calls.figures,
    footage.figures,
    renders.figures,
    bars.figures,
)


def main() -> int:
    """0 whether or not every bar holds: a benchmark informs, tests decide."""
    found: list[Figure] = []
    for suite in SUITES:
        for figure in suite():
            found.append(figure)
            bar = "no bar" if figure.bar is None else f"bar {figure.bar:g}"
            mark = "" if figure.holds else "   <- off the bar"
            sys.stdout.write(
                f"{figure.name:<78} {figure.value:>10.3f} {figure.unit:<8} {bar}{mark}\n"
            )
            sys.stdout.flush()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([figure.as_json() for figure in found], indent=1) + "\n")
    sys.stdout.write(f"\nwritten to out/{OUT.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
