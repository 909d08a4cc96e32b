"""The media box from outside: starts it, hands it bytes, ends it when its time is up."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from lipwire.domain.assets import ProbeFinding, Problem
from lipwire.domain.errors import CorruptMediaError, LipwireError
from probe.inside import ANSWER, FOUND, REQUEST

#: Well below the function's own limit, so that a refusal can still be told.
DEADLINE_S: Final = 45.0
_LEAVING_S: Final = 1.0
_MOST_AT_ONCE: Final = 4 * 2**20
_MOST_FOUND: Final = 64 * 2**10
#: Python's own libraries may lie where only this tells.
_KEPT: Final = ("LD_LIBRARY_PATH",)
_FUNCTIONS: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of a look into a file, and what it took."""

    finding: ProbeFinding
    read_bytes: int
    seconds: float
    #: Of processor time, from the box's closing to its finding; None where it broke.
    cpu_s: float | None
    #: The most memory that was resident, libraries included; None where it broke.
    peak_kib: int | None
    #: The box's exit status; negative for the signal that ended it.
    status: int


def look_into(
    file: BinaryIO,
    size_bytes: int,
    *,
    max_duration_ms: int,
    max_pixels: int,
    deadline_s: float = DEADLINE_S,
    inside: str = "probe.inside",
) -> Look:
    """What is in `file`, found in a process of its own that has no rights.

    A file that breaks its box (a crash, no memory, no time left) is `corrupt_media`.

    Raises:
        OSError: `file` can't be read.
    """
    limits = {
        "size_bytes": size_bytes,
        "max_duration_ms": max_duration_ms,
        "max_pixels": max_pixels,
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", inside, json.dumps(limits)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env=_environment(),
        start_new_session=True,
    )
    timer = threading.Timer(deadline_s, _end, [process])
    timer.start()
    peak_kib = None
    try:
        body, read_bytes = _serve(process, file)
        peak_kib = _peak_kib(process.pid) if body is not None else None
    finally:
        timer.cancel()
        late = time.monotonic() - began >= deadline_s
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        status = _ended(process)
    found = _understood(body, late=late)
    return Look(
        finding=ProbeFinding.model_validate(found),
        read_bytes=read_bytes,
        seconds=round(time.monotonic() - began, 3),
        cpu_s=found.get("cpu_s"),
        peak_kib=peak_kib,
        status=status,
    )


def _peak_kib(pid: int) -> int | None:
    # Not `ru_maxrss`: Linux counts in it what the starting process held.
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), None)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join([str(_FUNCTIONS), *(part for part in sys.path if part)])
    return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _ended(process: "subprocess.Popen[bytes]") -> int:
    """Its exit status; it has a moment to leave by itself."""
    try:
        return process.wait(_LEAVING_S)
    except subprocess.TimeoutExpired:
        _end(process)
        return process.wait()


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _serve(process: "subprocess.Popen[bytes]", file: BinaryIO) -> tuple[bytes | None, int]:
    """The finding's JSON, or None where the box broke; and how many bytes were asked for."""
    requests: Any = process.stdout
    answers: Any = process.stdin
    total = 0
    while True:
        head = _exactly(requests, REQUEST.size)
        if head is None:
            return None, total
        offset, count = REQUEST.unpack(head)
        if offset == FOUND:
            return (_exactly(requests, count) if count <= _MOST_FOUND else None), total
        if count > _MOST_AT_ONCE:
            return None, total
        file.seek(offset)
        data = file.read(count)
        total += len(data)
        try:
            answers.write(ANSWER.pack(len(data)))
            _write_all(answers, data)
        except BrokenPipeError:
            return None, total


def _write_all(pipe: Any, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[pipe.write(left) :]


def _exactly(pipe: Any, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        part = pipe.read(count - len(data))
        if not part:
            return None
        data += part
    return data


def _understood(body: bytes | None, *, late: bool) -> dict[str, Any]:
    if body is None:
        error: LipwireError = CorruptMediaError(
            "Looking into the file takes longer than is allowed." if late else None
        )
        return {"problem": Problem.of(error)}
    # What comes out of the box is a stranger's word as well: it is parsed and validated, nothing else.
    found: dict[str, Any] = json.loads(body)
    return found
