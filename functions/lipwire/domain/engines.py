"""What an engine declares about itself; plain data, importable anywhere."""

from enum import StrEnum
from typing import NamedTuple

from lipwire.domain.options import OPTION_NAMES


class Mode(StrEnum):
    """What kind of source an engine can make speak."""

    VIDEO = "video"
    PORTRAIT = "portrait"


class Device(StrEnum):
    """What an engine computes on; it decides the Batch queue."""

    CPU = "cpu"
    CUDA = "cuda"


class EngineSpec(NamedTuple):
    """One engine's declaration: infrastructure, prices and choice are read from it."""

    name: str
    version: str
    summary: str
    modes: frozenset[Mode]
    device: Device
    vcpus: int
    memory_mib: int
    gpus: int
    attempt_timeout_s: int
    millicredits_per_second: int
    licence: str
    #: Long outputs are rendered in parts of about this length, side by side.
    shard_ms: int = 45_000
    #: False keeps an engine out of `auto`, of the API's list and of every user's reach.
    selectable: bool = True
    #: Options that the engine honours; one that it doesn't is refused when chosen. An engine that can't do all says so.
    options: frozenset[str] = OPTION_NAMES
