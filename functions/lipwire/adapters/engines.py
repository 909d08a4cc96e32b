"""The engines of this deployment."""

from collections.abc import Callable, Mapping

from lipwire.domain.engines import EngineSpec


class DeployedEngines:
    """`EngineCatalog` from the specs and the Batch targets this stage has for them."""

    def __init__(
        self,
        specs: Mapping[str, EngineSpec],
        *,
        targets: Callable[[], Mapping[str, tuple[str, str]]],
        shard_ms: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._specs = specs
        self._targets = targets
        self._shard_ms = shard_ms

    def get(self, name: str) -> EngineSpec | None:
        """The engine of that name."""
        return self._specs.get(name)

    def selectable(self) -> tuple[EngineSpec, ...]:
        """The engines a user may name, best first."""
        return tuple(spec for spec in self._specs.values() if spec.selectable)

    def shard_ms(self, name: str) -> int:
        """How long a part of a long output is: the stage's word, else the engine's own."""
        return self._shard_ms() or self._specs[name].shard_ms

    def target(self, name: str) -> tuple[str, str]:
        """The Batch queue and job definition that run it."""
        return self._targets()[name]
