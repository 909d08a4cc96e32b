"""Inside the media box: a process that may open nothing, start nothing and write nothing but its answer.

Started by `probe.box` as `python -m probe.inside LIMITS` with an empty environment. It asks for bytes of the file on its
standard output and is given them on its standard input, so it needs neither a path nor credentials.
"""

import io
import json
import linecache
import os
import resource
import struct
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

from lipwire.adapters.ranged import RangedFile

#: A request: where to read, how much. An answer to it: how much follows.
REQUEST: Final = struct.Struct(">QQ")
ANSWER: Final = struct.Struct(">I")
#: Instead of an offset: the second number is the length of the finding, which follows as JSON.
FOUND: Final = 2**64 - 1
#: Instead of an offset: the box is closed. Whatever breaks from here on, the file has broken,
CLOSED: Final = 2**64 - 2
#: but for what we forgot to load before: this exit status.
UNPREPARED: Final = 70

CPU_S: Final = 20
#: On top of what the interpreter and its libraries have mapped: pictures of the largest plan, a few at a time.
MEMORY_BYTES: Final = 768 * 2**20
_NOBODY: Final = 65534
_BUFFER: Final = 256 * 2**10
_MOST_AT_ONCE: Final = 2**20


class AskedFile(RangedFile):
    """The file, read by asking for it."""

    def __init__(self, size_bytes: int, *, requests: int = 1, answers: int = 0) -> None:
        super().__init__(size_bytes)
        self._requests = requests
        self._answers = answers

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as bytes are left."""
        count = max(0, min(len(buffer), self.size_bytes - self._position, _MOST_AT_ONCE))
        if count == 0:
            return 0
        os.write(self._requests, REQUEST.pack(self._position, count))
        (found,) = ANSWER.unpack(_exactly(self._answers, ANSWER.size))
        buffer[:found] = _exactly(self._answers, found)
        self._position += found
        return int(found)


def _exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def close_the_box() -> None:
    """No new file or socket, no child, no write to a file, little memory, little time; for good."""
    if os.geteuid() == 0:
        # The kernel counts no processes of root.
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    used = resource.getrusage(resource.RUSAGE_SELF)
    mapped = int(_status("VmSize")) * 1024
    for what, most in (
        (resource.RLIMIT_AS, mapped + MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        # What is open stays open; nothing gets a number any more, not even one that was closed before.
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # SIGXCPU a second before SIGKILL: who is killed at once was killed by the machine, for its own reasons.
    spent = int(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (spent, spent + 1))


def _status(name: str) -> str:
    with Path("/proc/self/status").open() as file:
        return next(line.split()[1] for line in file if line.startswith(name))


def _no_lines(filename: str, module_globals: dict[str, Any] | None = None) -> list[str]:  # noqa: ARG001
    return []


def main() -> None:
    """Look into the file and say what it is."""
    # PyAV imports these when it meets such a stream; in the box it couldn't any more.
    import av.subtitles.codeccontext
    import av.subtitles.stream
    import av.subtitles.subtitle  # noqa: F401

    from lipwire.domain.errors import MediaError
    from lipwire.render.media.limits import ProbeLimits
    from lipwire.render.media.probe import probe, speech_is_silent

    # Whoever prints a traceback (PyAV does, of an error that it sets aside) would open our sources to show their lines.
    linecache.updatecache = _no_lines
    asked = json.loads(sys.argv[1])
    limits = ProbeLimits.of_plan(
        max_duration_ms=asked["max_duration_ms"], max_pixels=asked["max_pixels"]
    )
    size_bytes = asked["size_bytes"]
    file = cast("Any", io.BufferedReader(AskedFile(size_bytes), _BUFFER))
    close_the_box()
    os.write(1, REQUEST.pack(CLOSED, 0))
    began = time.process_time()
    finding: dict[str, Any]
    try:
        media = probe(file, size_bytes, limits=limits)
        silent = None
        if media.has_audio:
            file.seek(0)
            silent = speech_is_silent(file, limits=limits)
        finding = {"media": asdict(media), "silent": silent}
    except MediaError as error:
        finding = {"problem": {"code": error.code, "message": error.message}}
    except ImportError:
        traceback.print_exc()
        os._exit(UNPREPARED)
    finding["cpu_s"] = round(time.process_time() - began, 3)
    body = json.dumps(finding, default=str).encode()
    os.write(1, REQUEST.pack(FOUND, len(body)) + body)
    # Kept until whoever started it has seen what it took.
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    main()
