"""Dialects, found by folder: each sub-package here exports `DIALECT` and claims its paths in `paths.txt`.

Claims are read without importing anything, so a cold start loads only the dialect that is called. Where a vendor's
clients are handed a path and join it to their base URL each in its own way, the dialect lists such paths in
`endings.txt`: they are found at the end of a longer path too.
"""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lipwire.dialects.base import Dialect, function_of


class RoutedPath(NamedTuple):
    """A route as the gateway needs it."""

    dialect: str
    method: str
    path: str
    function: str


@cache
def names() -> tuple[str, ...]:
    """Every dialect, native first."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(sorted(found, key=lambda name: name != "native"))


@cache
def load(name: str) -> Dialect:
    """The dialect of that name."""
    dialect: Dialect = importlib.import_module(f"{__name__}.{name}").DIALECT
    return dialect


@cache
def claims() -> Mapping[str, str]:
    """Path -> the dialect that it and all below it belong to, from the `paths.txt` of every dialect."""
    found: dict[str, str] = {}
    for folder in (Path(path) for path in __path__):
        for name in names():
            file = folder / name / "paths.txt"
            if file.exists():
                found |= dict.fromkeys(file.read_text(encoding="utf-8").split(), name)
    return found


def dialect_of(path: str) -> str:
    """The dialect whose path this is, by whole segments; an unknown one is answered as native."""
    segments = path.split("/")
    for length in range(len(segments), 1, -1):
        claimed = claims().get("/".join(segments[:length]))
        if claimed is not None:
            return claimed
    return "native"


@cache
def endings() -> tuple[re.Pattern[str], ...]:
    """The paths of every dialect's `endings.txt`, after whatever a client put before them."""
    paths = [
        path
        for folder in (Path(path) for path in __path__)
        for file in sorted(folder.glob("*/endings.txt"))
        for path in file.read_text(encoding="utf-8").split()
    ]
    return tuple(re.compile(".*(" + re.sub(r"{\w+}", "[^/]+", path) + ")") for path in paths)


def meant_path(path: str) -> str:
    """The path that is meant: the end of it, where a dialect lists that end; else the path as it is."""
    found = (ending.fullmatch(path) for ending in endings())
    return next((match[1] for match in found if match), path)


def meant(event: dict[str, Any]) -> dict[str, Any]:
    """The HTTP API event, with the path that is meant."""
    path = meant_path(event["rawPath"])
    if path == event["rawPath"]:
        return event
    context = event["requestContext"]
    context = {**context, "http": {**context["http"], "path": path}}
    return {**event, "rawPath": path, "requestContext": context}


def all_routes() -> tuple[RoutedPath, ...]:
    """Every route of every dialect, with the function that serves it."""
    return tuple(
        RoutedPath(name, route.method, route.path, function_of(route.operation))
        for name in names()
        for route in load(name).routes
    )
