"""Fills the tables of docs/dialects/<name>.md: every route, field and status of a vendor, done or refused with a reason.

`python -m tests.support.dialect_coverage --write` brings them all up to date.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lipwire import dialects
from tests.support.goldens import fields, goldens, requests

ROOT: Final = Path(__file__).resolve().parents[2]
BEGIN: Final = "<!-- made by tests/support/dialect_coverage.py -->"
END: Final = "<!-- until here -->"


def document(name: str) -> Path:
    """A dialect's page."""
    return ROOT / "docs" / "dialects" / f"{name}.md"


def filled(name: str, text: str) -> str:
    """The page with its tables anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = "\n".join(_tables(name))
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def _tables(name: str) -> Iterator[str]:
    dialect, cases = dialects.load(name), list(goldens(name))
    routes = [f"{route.method} {route.path}" for route in dialect.routes]
    known = [
        f"{route}: {'.'.join(path)}"
        for route, model in requests(name).items()
        for path in fields(model)
    ]
    left_out = [told for told in dialect.unsupported if ": " not in told]
    done = len(known) - sum(told in dialect.unsupported for told in known)
    yield (
        f"Routes: {len(routes)} done, {len(left_out)} refused. Fields: {done} of {len(known)} done. "
        f"Golden cases: {len(cases)}."
    )
    yield "\n| route | | answers with |\n| --- | --- | --- |"
    for route in routes:
        statuses = {one.values["answer"]["status"] for one in cases if _answers(one.values, route)}
        yield f"| `{route}` | done | {', '.join(map(str, sorted(statuses)))} |"
    for told in left_out:
        yield f"| `{told}` | {dialect.unsupported[told]} | |"
    yield "\n| field | |\n| --- | --- |"
    for told in known:
        yield f"| `{told}` | {dialect.unsupported.get(told, 'done')} |"
    yield "\n| a job that is | is shown as |\n| --- | --- |"
    shown = {
        one.values["view"]["job"]["status"]: status
        for one in cases
        if "job" in one.values.get("view", {})
        for status in [_status((one.values.get("answer") or {}).get("body"))]
        if status
    }
    for status, word in shown.items():
        yield f"| {status} | `{word}` |"


def _answers(values: dict[str, object], route: str) -> bool:
    return values["route"] == route and values.get("answer") is not None


def _status(body: object) -> str | None:
    """The word for the job's status in an answer, wherever it stands."""
    if not isinstance(body, dict):
        return None
    inner = [_status(value) for value in body.values()]
    return (
        body["status"] if isinstance(body.get("status"), str) else next(filter(None, inner), None)
    )


def main() -> int:
    """Print every page that is out of date, or bring them up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the pages up to date")
    write = parser.parse_args().write
    for name in dialects.names():
        page = document(name)
        if page.exists():
            text = page.read_text(encoding="utf-8")
            made = filled(name, text)
            if write:
                page.write_text(made, encoding="utf-8")
            elif made != text:
                sys.stdout.write(json.dumps(str(page.relative_to(ROOT))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
