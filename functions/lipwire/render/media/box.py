"""Limits a process puts on itself before it decodes a stranger's file."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The most a process may take; the kernel ends or refuses whatever wants more."""

    cpu_s: int
    memory_bytes: int
    file_bytes: int

    def close(self) -> None:
        """The calling process and its children are inside for good: limits can only be lowered from here."""
        for limit, value in (
            (resource.RLIMIT_CPU, self.cpu_s),
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            # A core file would hold what the decoder had in memory, and fill the disk with it.
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(limit)
            lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (lowered, lowered))
