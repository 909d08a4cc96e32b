"""Processes and ports of this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie doesn't)."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    state = Path(f"/proc/{pid}/stat")
    try:
        return (
            state.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except (OSError, IndexError):
        return True  # no /proc on this system


def end_process(
    pid: int, process: "subprocess.Popen[bytes] | None" = None, *, timeout_s: float
) -> None:
    """SIGTERM, wait, and SIGKILL only when it doesn't end in time."""
    send(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process is not None:
            if process.poll() is not None:
                return
        elif not is_alive(pid):
            return
        time.sleep(0.05)
    send(pid, signal.SIGKILL)
    if process is not None:
        process.wait()


def tail(path: Path, lines: int = 40) -> str:
    """A text file's last lines."""
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def send(pid: int, number: int) -> None:
    """Send a signal, if the process is still there."""
    with contextlib.suppress(ProcessLookupError):  # it is gone already
        os.kill(pid, number)
