"""How the extension changes MiniStack: one named object per patch, its shape checked first."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any


class MovedError(RuntimeError):
    """An object of MiniStack isn't what a patch was written for."""

    def __init__(self, target: str, why: str) -> None:
        self.target = target
        super().__init__(
            f"{target}: {why}. The extension was written for ministack 1.5.33, installed is"
            f" {version('ministack')}: look at what moved, mend the patch, then raise the pin."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Replaces one object of MiniStack, `module:attribute` (dots reach into classes)."""

    target: str
    because: str
    replace: Callable[[Any], Any]
    #: Parameter names of a function, in order.
    parameters: tuple[str, ...] | None = None
    #: Keys a registry has to hold already.
    keys: tuple[str, ...] | None = None
    #: A piece of text that must occur exactly once.
    text: str | None = None
    #: Type of a plain value.
    kind: type | tuple[type, ...] | None = None

    def apply(self) -> None:
        """Make the change.

        Raises MovedError, naming the object, when its shape isn't the expected one.
        """
        module_name, _, path = self.target.partition(":")
        try:
            owner: Any = import_module(module_name)
        except ImportError as error:
            raise MovedError(self.target, f"its module can't be imported ({error})") from error
        *parents, name = path.split(".")
        for parent in parents:
            if not hasattr(owner, parent):
                raise MovedError(self.target, f"{parent} is gone")
            owner = getattr(owner, parent)
        if not hasattr(owner, name):
            raise MovedError(self.target, "it is gone")
        original = getattr(owner, name)
        self._check(original)
        setattr(owner, name, self.replace(original))

    def _check(self, original: Any) -> None:
        if self.parameters is not None:
            if not callable(original):
                raise MovedError(self.target, "it is no function")
            found = tuple(inspect.signature(original).parameters)
            if found != self.parameters:
                raise MovedError(
                    self.target, f"its parameters are {found}, expected {self.parameters}"
                )
        if self.keys is not None:
            if not isinstance(original, Mapping):
                raise MovedError(self.target, "it is no registry")
            missing = [key for key in self.keys if key not in original]
            if missing:
                raise MovedError(self.target, f"it lacks {missing}")
        if self.text is not None:
            count = original.count(self.text) if isinstance(original, str) else 0
            if count != 1:
                raise MovedError(
                    self.target, f"expected {self.text!r} once, found it {count} times"
                )
        if self.kind is not None and not isinstance(original, self.kind):
            raise MovedError(self.target, f"it is a {type(original).__name__}")


def service(name: str) -> Any:
    """A service module of MiniStack, by its short name."""
    return import_module(f"ministack.services.{name}")


def core(name: str) -> Any:
    """A core module of MiniStack, by its short name."""
    return import_module(f"ministack.core.{name}")
