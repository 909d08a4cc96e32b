"""The media box from outside: starts it, hands it bytes, ends it when its time is up.

A box that broke once it was closed was broken by its file, and that is final. What breaks before, or by the hand of
another (no memory on the machine, an object store that doesn't answer), says nothing of the file: it may be asked again.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import ValidationError

from lipwire.domain.assets import ProbeFinding, Problem
from lipwire.domain.errors import CorruptMediaError
from probe.inside import ANSWER, CLOSED, FOUND, REQUEST, UNPREPARED

#: Well below the function's own limit, so that a refusal can still be told.
DEADLINE_S: Final = 45.0
_LEAVING_S: Final = 1.0
_MOST_AT_ONCE: Final = 4 * 2**20
_MOST_FOUND: Final = 64 * 2**10
_MOST_SAID: Final = 4 * 2**10
#: Python's own libraries may lie where only this tells.
_KEPT: Final = ("LD_LIBRARY_PATH",)
_PR_SET_DUMPABLE: Final = 4
_FUNCTIONS: Final = Path(__file__).resolve().parents[1]


class BoxBrokenError(Exception):
    """The box broke, and not by its file; `status` is its exit status, `said` the end of its standard error."""

    def __init__(self, reason: str, *, status: int, said: str) -> None:
        super().__init__(reason)
        self.status = status
        self.said = said


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
    #: The end of its standard error, for our log alone.
    said: str


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

    A file that breaks its closed box (a crash, no memory, no time left) is `corrupt_media`.

    Raises:
        BoxBrokenError: the box did not come as far as that, or was ended by none of its own limits.
        Exception: `file` can't be read.
    """
    limits = {
        "size_bytes": size_bytes,
        "max_duration_ms": max_duration_ms,
        "max_pixels": max_pixels,
    }
    _close_memory()
    process = subprocess.Popen(
        [sys.executable, "-m", inside, json.dumps(limits)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=_environment(),
        start_new_session=True,
    )
    watch, ear = _Watch(process, deadline_s), _Ear(process.stderr)
    talk, peak_kib = _Talk(), None
    try:
        talk.serve(process, file)
        peak_kib = _peak_kib(process.pid) if talk.body is not None else None
    finally:
        watch.stop()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        status, was_ended = _ended(process)
        said = ear.heard()
    if talk.body is None and (reason := _not_the_files(talk, watch, 0 if was_ended else status)):
        raise BoxBrokenError(reason, status=status, said=said)
    found = _understood(talk.body)
    return Look(
        finding=_finding(found, late=watch.is_over),
        read_bytes=talk.read_bytes,
        seconds=watch.seconds,
        cpu_s=found.get("cpu_s"),
        peak_kib=peak_kib,
        status=status,
        said=said,
    )


def _not_the_files(talk: "_Talk", watch: "_Watch", status: int) -> str:
    """Why a broken box is none of its file's doing; nothing where it is."""
    if not talk.is_closed:
        return "the box broke before it was closed"
    if watch.is_over:
        is_waited = talk.waited_s > watch.deadline_s / 2
        return "the object store took the box's time" if is_waited else ""
    if status == UNPREPARED:
        return "the box lacks a part of its own code"
    # Its own limits end it by other signals; this one is the machine's, which has no memory left.
    return "the machine killed the box" if status == -signal.SIGKILL else ""


def _finding(found: dict[str, Any], *, late: bool) -> ProbeFinding:
    # What comes out of the box is a stranger's word as well: it is parsed and validated, nothing else.
    try:
        finding = ProbeFinding.model_validate(found)
    except ValidationError:
        finding = ProbeFinding()
    if finding.media is not None or finding.problem is not None:
        return finding
    said = "Looking into the file takes longer than is allowed." if late else None
    return ProbeFinding(problem=Problem.of(CorruptMediaError(said)))


class _Watch:
    """Ends the box when its time is up."""

    def __init__(self, process: "subprocess.Popen[bytes]", deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self.is_over = False
        self._process = process
        self._began = time.monotonic()
        self._timer = threading.Timer(deadline_s, self._ring)
        self._timer.start()

    @property
    def seconds(self) -> float:
        """Since the box was started."""
        return round(time.monotonic() - self._began, 3)

    def stop(self) -> None:
        """It is not needed any more."""
        self._timer.cancel()

    def _ring(self) -> None:
        self.is_over = True
        _end(self._process)


class _Ear:
    """Hears all that a pipe says, so that it never fills; keeps the end."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._tail = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def heard(self) -> str:
        """What was said last, in printable characters."""
        self._thread.join(_LEAVING_S)
        said = self._tail.decode("utf-8", "replace")
        return "".join(char if char.isprintable() else " " for char in said)

    def _listen(self) -> None:
        with self._pipe as pipe:
            while said := pipe.read(_MOST_SAID):
                self._tail = (self._tail + said)[-_MOST_SAID:]


def _peak_kib(pid: int) -> int | None:
    # Not `ru_maxrss`: Linux counts in it what the starting process held.
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), None)


@cache
def _close_memory() -> None:
    """Keep processes of the same user, and so the box, from reading and writing this one's memory, which holds credentials.

    On Lambda the box can't become another user. What the kernel calls not dumpable (prctl(2), PR_SET_DUMPABLE) can be
    traced by nobody; a program that is started is dumpable again.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join([str(_FUNCTIONS), *(part for part in sys.path if part)])
    return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, bool]:
    """Its exit status, and whether we had to end it; it has a moment to leave by itself."""
    try:
        return process.wait(_LEAVING_S), False
    except subprocess.TimeoutExpired:
        _end(process)
        return process.wait(), True


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class _Talk:
    """What passed between the box and us."""

    def __init__(self) -> None:
        #: The finding's JSON; None where there is none.
        self.body: bytes | None = None
        self.is_closed = False
        self.read_bytes = 0
        #: How long the box was kept waiting for bytes of the file.
        self.waited_s = 0.0

    def serve(self, process: "subprocess.Popen[bytes]", file: BinaryIO) -> None:
        """Answers requests until the box has its finding, breaks, or asks for what it may not."""
        requests: Any = process.stdout
        answers: Any = process.stdin
        while (head := _exactly(requests, REQUEST.size)) is not None:
            offset, count = REQUEST.unpack(head)
            if offset == CLOSED:
                self.is_closed = True
            elif offset == FOUND or count > _MOST_AT_ONCE:
                is_taken = offset == FOUND and self.is_closed and count <= _MOST_FOUND
                self.body = _exactly(requests, count) if is_taken else None
                return
            elif not self._answer(answers, file, offset, count):
                return

    def _answer(self, answers: Any, file: BinaryIO, offset: int, count: int) -> bool:
        began = time.monotonic()
        try:
            file.seek(offset)
            data = file.read(count)
        finally:
            self.waited_s += time.monotonic() - began
        self.read_bytes += len(data)
        try:
            answers.write(ANSWER.pack(len(data)))
            _write_all(answers, data)
        except BrokenPipeError:
            return False
        return True


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


def _understood(body: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(body or b"null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
