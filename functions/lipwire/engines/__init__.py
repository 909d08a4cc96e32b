"""Engines, found by folder: each module here with a `SPEC` and a `build()` is one."""

import importlib
import pkgutil
from functools import cache

from lipwire.domain.engines import EngineSpec
from lipwire.engines.base import Engine


@cache
def specs() -> dict[str, EngineSpec]:
    """Every engine's declaration by name; cheap, since engines import their heavy parts inside."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name != "base":
            spec: EngineSpec = importlib.import_module(f"{__name__}.{module.name}").SPEC
            found[spec.name] = spec
    return found


def load(name: str) -> Engine:
    """The engine of that name, not yet set up; KeyError for an unknown one."""
    if name not in specs():
        raise KeyError(name)
    engine: Engine = importlib.import_module(f"{__name__}.{name}").build()
    return engine
