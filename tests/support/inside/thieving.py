"""A decoder that was taken over: tries what a thief would and tells, as a problem's message, what it got."""

import json
import os
import socket
from collections.abc import Callable

from probe.inside import CLOSED, FOUND, REQUEST, close_the_box


def _spawn() -> None:
    if os.fork() == 0:
        os._exit(0)


def _reuse() -> None:
    """A number that was free before could be had again."""
    os.close(2)
    os.open("/proc/self/environ", os.O_RDONLY)


TRICKS: dict[str, Callable[[], object]] = {
    "read": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "write": lambda: os.open("/tmp/loot", os.O_WRONLY | os.O_CREAT),
    "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "pipe": os.pipe,
    "process": _spawn,
    "memory": lambda: bytearray(2**31),
    "reuse": _reuse,
}


def _worked(trick: Callable[[], object]) -> bool:
    try:
        trick()
    except (OSError, MemoryError):
        return False
    return True


secrets = sorted(
    set(os.environ) - {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE", "LD_LIBRARY_PATH"}
)
close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0))
loot = [name for name, trick in TRICKS.items() if _worked(trick)] + secrets
body = json.dumps({"problem": {"code": "loot", "message": ",".join(loot)}}).encode()
os.write(1, REQUEST.pack(FOUND, len(body)) + body)
os.read(0, 1)
