"""Bounds of a process that renders: strangers' files are decoded in it, after the probe let them through."""

import ctypes
import os
import resource
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from lipwire.domain.engines import Device, EngineSpec

#: More than the largest upload, and less than a host's disk.
LARGEST_FILE_BYTES: Final = 32 * 2**30
#: Of what the container may hold, reserved addresses included: a render was seen to reserve four times what it used.
_ADDRESSES: Final = 3


def limit_process(specs: Iterable[EngineSpec]) -> None:
    """No larger files, no core dumps, no more memory and processor time than any of these engines may take; for good.

    What a decoder asks for beyond them ends as `media_too_large`; what only runs on is ended by the kernel, and not tried again.
    Batch's own bounds (the container's memory, the attempt's time) hold besides, where there are any.
    """
    specs = list(specs)
    seconds = max(spec.attempt_timeout_s for spec in specs) * (os.cpu_count() or 1)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES)
    _lower(resource.RLIMIT_CORE, 0)
    # CUDA reserves addresses by the terabyte.
    if all(spec.device is Device.CPU for spec in specs):
        memory = max(spec.memory_mib for spec in specs) * 2**20
        _lower(resource.RLIMIT_AS, memory * _ADDRESSES)


def return_freed_memory() -> None:
    """What was freed goes back to the system, where the C library can do that (glibc's does)."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _lower(what: int, most: int) -> None:
    """To `most`, or to what was allowed already where that is less."""
    allowed = [one for one in resource.getrlimit(what) if one != resource.RLIM_INFINITY]
    limit = min([most, *allowed])
    resource.setrlimit(what, (limit, limit))
