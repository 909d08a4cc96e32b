"""A new vendor's dialect from the template: `make new-dialect NAME=acme`.

Its golden cases say nothing yet of commands and answers, so the contract tests fail until they are filled in.
"""

import keyword
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPLATE: Final = ROOT / "tools" / "dialect_template"
DIALECTS: Final = ROOT / "functions" / "lipwire" / "dialects"
PAGES: Final = ROOT / "docs" / "dialects"


def make(name: str, *, dialects: Path = DIALECTS, pages: Path = PAGES) -> Path:
    """The new dialect's folder, and its page.

    Raises:
        ValueError: not a name for a package.
        FileExistsError: there is a dialect of that name.
    """
    if not name.isidentifier() or name != name.lower() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is not a lower-case name for a package")
    folder = dialects / name
    folder.mkdir(parents=True)
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
        # Code ends in `.in`, so that no linter takes it for a module of the repository.
        inside = str(source.relative_to(TEMPLATE)).removesuffix(".in")
        target = pages / f"{name}.md" if inside == "page.md" else folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            source.read_text(encoding="utf-8").replace("acme", name), encoding="utf-8"
        )
    return folder


def main(name: str) -> int:
    """0, and what to do next."""
    try:
        folder = make(name)
    except (ValueError, FileExistsError) as error:
        sys.stderr.write(f"no dialect was made: {error}\n")
        return 1
    sys.stdout.write(
        f"{folder.relative_to(ROOT)} is a dialect now, and docs/dialects/{name}.md its page. Next: the vendor's routes,\n"
        "fields, statuses, errors and webhooks; then the golden cases, until tests/contract/test_goldens.py passes;\n"
        "then python -m tests.support.dialect_coverage --write.\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
