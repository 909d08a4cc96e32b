"""Fills the last column of docs/faults.md: the tests that say which faults they cover.

A test says so with `@pytest.mark.fault(39, 40)`; a `pytestmark` says it for its whole file. Read from the source, because no
one environment can import all tests. `python -m tests.support.fault_table` prints the document, with `--write` it is
brought up to date.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = Path("docs/faults.md")
NOT_COVERED: Final = "**not covered yet**"
_ROW: Final = re.compile(r"\| (?P<number>\d+) \|(?P<text>[^|]*\|[^|]*\|)[^|]*\|")


@cache
def covered() -> dict[int, dict[str, Path]]:
    """For each fault, the names of the tests that cover it and the files they stand in."""
    found: dict[int, dict[str, Path]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for name, numbers in _marks(ast.parse(text)) if "mark.fault" in text else ():
            for number in numbers:
                found.setdefault(number, {})[name or path.stem] = path.relative_to(ROOT)
    return found


def _marks(module: ast.Module) -> Iterator[tuple[str, list[int]]]:
    """Names of tests and classes, or nothing for the whole file, with the numbers they are marked with."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name, places = node.name, [*node.decorator_list]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            name, places = "", [node.value]
        else:
            continue
        calls = [call for place in places for call in ast.walk(place) if isinstance(call, ast.Call)]
        marks = [call for call in calls if ast.unparse(call.func) == "pytest.mark.fault"]
        if marks:
            yield name, [ast.literal_eval(number) for mark in marks for number in mark.args]


def rows(text: str) -> dict[int, str]:
    """What stands in the last column of a document, by fault."""
    matches = (_ROW.fullmatch(line) for line in text.splitlines())
    return {int(match["number"]): match[0].split("|")[-2].strip() for match in matches if match}


def filled(text: str) -> str:
    """The document with its last column anew."""
    tests = covered()

    def line(match: re.Match[str]) -> str:
        cell = ", ".join(
            f"[{name}](../{path})" for name, path in tests.get(int(match["number"]), {}).items()
        )
        return f"| {match['number']} |{match['text']} {cell or NOT_COVERED} |"

    return "".join(_ROW.sub(line, one) for one in text.splitlines(keepends=True))


def main() -> int:
    """Print the document, or bring it up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring docs/faults.md up to date")
    made = filled((ROOT / DOCUMENT).read_text(encoding="utf-8"))
    if parser.parse_args().write:
        (ROOT / DOCUMENT).write_text(made, encoding="utf-8")
    else:
        sys.stdout.write(made)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
