"""Dialects, found by folder: each sub-package here exports `DIALECT`."""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

from lipwire.dialects.base import Dialect, function_of


@dataclass(frozen=True, slots=True)
class RoutedPath:
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


def all_routes() -> tuple[RoutedPath, ...]:
    """Every route of every dialect, with the function that serves it."""
    return tuple(
        RoutedPath(name, route.method, route.path, function_of(route.operation))
        for name in names()
        for route in load(name).routes
    )
