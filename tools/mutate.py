"""`make mutate`: change the code of money in one place at a time, and count what no test notices.

Which files and which tests stands in pyproject.toml, `[tool.mutmut]`. It runs in a copy below build/: mutmut rewrites what it
reads. What survived is listed; `mutmut show NAME`, run in that copy, prints one of them.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COPY: Final = ROOT / "build" / "mutate"
MUTMUT: Final = ROOT / ".venv" / "mutate" / "bin" / "mutmut"
NEEDED: Final = ("functions", "tests", "events", "pyproject.toml")
#: Of a hundred changes so many must be noticed.
LEAST: Final = 85


def main() -> int:
    """0 where enough was noticed."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *NEEDED],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        # mutmut takes `src` for a root of packages, and no folder of another name.
        target = COPY / name.replace("functions/", "src/", 1)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    settings = COPY / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"functions', '"src'))
    children = str(os.cpu_count() or 1)
    subprocess.run([MUTMUT, "run", "--max-children", children], cwd=COPY, check=True)
    subprocess.run([MUTMUT, "results"], cwd=COPY, check=True)
    subprocess.run([MUTMUT, "export-cicd-stats"], cwd=COPY, check=True)
    stats = json.loads((COPY / "mutants" / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    noticed = stats["killed"] + stats["timeout"]
    judged = noticed + stats["survived"] + stats["no_tests"] + stats["suspicious"]
    share = 100 * noticed // judged
    sys.stdout.write(
        f"\n{noticed} of {judged} changes were noticed: {share} %, at least {LEAST} %\n"
    )
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
