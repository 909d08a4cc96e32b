"""A wire across the box: a process that tries to open, start or connect to anything is ended by the kernel at once.

The box itself makes such tries fail; this shows that none is made. Where the kernel has no filters, the process leaves
with `NO_WIRE`, and what asks for it is skipped.
"""

import ctypes
import os
import platform
import struct
from typing import Final

#: The status of a process that could not be watched, and of one that touched the wire (SIGSYS).
NO_WIRE: Final = 77
TOUCHED: Final = -31

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
#: By machine: its name for the kernel, then open, creat, openat, openat2, socket, socketpair, connect, bind, execve, execveat,
#: fork, vfork, memfd_create, and what renames, links, makes or removes files.
_MACHINES: Final = {
    "x86_64": (
        0xC000003E,
        (2, 85, 257, 437, 41, 53, 42, 49, 59, 322, 57, 58, 319, 82, 264, 316, 86, 265, 88, 266, 83, 258, 87, 263, 84),
    ),
    "aarch64": (0xC00000B7, (56, 437, 198, 199, 203, 200, 221, 281, 279, 38, 276, 37, 36, 34, 35)),
}  # fmt: skip


def set_tripwire() -> None:
    """From here on any such call ends this process (seccomp, `man 2 seccomp`)."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        os._exit(NO_WIRE)
    architecture, calls = machine
    # Another machine's calls have other numbers: none of them is let through.
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 0, len(calls) + 2, architecture), (_LOAD, 0, 0, 0)]
    steps += [(_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _KILL)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, program):
        os._exit(NO_WIRE)
