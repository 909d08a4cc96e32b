"""One attempt of a job: a process of its own, watched for time, memory and termination."""

import contextlib
import contextvars
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from infra.local.emulator.batch import job_logs
from infra.local.emulator.batch.retry import AttemptEnd
from infra.local.emulator.batch.settings import BatchSettings
from infra.local.emulator.patch import core, service

log = logging.getLogger("batch")

ENDED = "Essential container in task exited"
TIMED_OUT = "Job attempt duration exceeded timeout"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"

_WATCH_S = 0.1


class Attempt:
    """Runs the container's command once; `stop` may be called from any thread."""

    def __init__(self, job: dict[str, Any], number: int, settings: BatchSettings) -> None:
        self._job = job
        self._number = number
        self._settings = settings
        self._stop = threading.Event()
        self.task = secrets.token_hex(16)
        self.stream = job_logs.stream_of(job["container"], job["_definition_name"], self.task)
        self.timed_out = False

    def stop(self) -> None:
        """Ask the process to end: SIGTERM, and SIGKILL after the grace."""
        self._stop.set()

    def run(self) -> AttemptEnd:
        """Start the process, follow its output, and say how it ended."""
        folder = Path(tempfile.mkdtemp(prefix="lipwire-job-"))
        try:
            return self._run_in(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run_in(self, folder: Path) -> AttemptEnd:
        command = self._command()
        try:
            process = subprocess.Popen(
                _ending_with_us(command),
                cwd=self._settings.content,
                env=self._environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return AttemptEnd(
                exit_code=None,
                reason=f"CannotStartContainerError: {error}",
                status_reason="Task failed to start",
            )
        log.info("attempt started: job %s, pid %s", self._job["jobId"], process.pid)
        follower = threading.Thread(
            target=_in_scope(job_logs.follow),
            args=(process.stdout, job_logs.group_of(self._job["container"]), self.stream),
            daemon=True,
        )
        follower.start()
        reason = self._watch(process)
        _signal_group(process.pid, signal.SIGKILL)  # whatever the command left behind
        follower.join(timeout=2)
        code = process.returncode
        return AttemptEnd(
            exit_code=128 - code if code < 0 else code,
            reason=reason,
            status_reason=TIMED_OUT if self.timed_out else ENDED,
        )

    def _watch(self, process: "subprocess.Popen[bytes]") -> str:
        """Wait for the end; returns why the process was killed, if it was for its memory."""
        limit_s = (self._job.get("timeout") or {}).get("attemptDurationSeconds")
        deadline = time.monotonic() + limit_s * self._settings.timeout_scale if limit_s else None
        limit_mib = _memory_mib(self._job["container"])
        kill_at: float | None = None
        ticks = 0
        while True:
            try:
                process.wait(_WATCH_S)
            except subprocess.TimeoutExpired:
                pass
            else:
                return ""
            ticks += 1
            now = time.monotonic()
            if deadline is not None and now > deadline and not self._stop.is_set():
                self.timed_out = True
                self._stop.set()
            if self._stop.is_set() and kill_at is None:
                _signal_group(process.pid, signal.SIGTERM)
                kill_at = now + self._settings.grace_s
            if kill_at is not None and now > kill_at:
                _signal_group(process.pid, signal.SIGKILL)
            if limit_mib and ticks % 5 == 0 and _used_mib(process.pid) > limit_mib:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
                return OUT_OF_MEMORY

    def _command(self) -> list[str]:
        parameters = self._job.get("parameters") or {}
        command = [
            parameters.get(word[5:], word) if word.startswith("Ref::") else word
            for word in self._job["container"].get("command") or ()
        ]
        if command and command[0] in {"python", "python3"}:
            command[0] = self._settings.python
        return command

    def _environment(self, folder: Path) -> dict[str, str]:
        job = self._job
        responses = core("responses")
        environment = {
            "PATH": f"{Path(self._settings.python).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": self._settings.import_path,
            "AWS_REGION": responses.get_region(),
            "AWS_DEFAULT_REGION": responses.get_region(),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ.get('GATEWAY_PORT', '4566')}",
            "AWS_BATCH_JOB_ID": job["jobId"],
            "AWS_BATCH_JOB_ATTEMPT": str(self._number),
            "AWS_BATCH_JQ_NAME": job["jobQueue"].rpartition("/")[2],
        }
        for pair in job["container"].get("environment") or ():
            environment[pair["name"]] = pair.get("value", "")
        if "index" in (job.get("arrayProperties") or {}):
            environment["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job["arrayProperties"]["index"])
            environment["AWS_BATCH_JOB_ARRAY_SIZE"] = str(job["_array_size"])
        return environment | self._credentials()

    def _credentials(self) -> dict[str, str]:
        """A session of the job's role: its trust names the service, so nobody else can assume it."""
        role = (self._job["container"].get("jobRoleArn") or "").rpartition("/")[2]
        if not role:
            return {}
        account = core("responses").get_account_id()
        key_id = f"ASIA{secrets.token_hex(8).upper()}"
        secret, token = secrets.token_hex(20), secrets.token_hex(32)
        service("sts").register_session(
            key_id,
            {
                "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{self.task}",
                "UserId": f"{role}:{self.task}",
                "SecretAccessKey": secret,
                "SessionToken": token,
            },
        )
        return {
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        }


def _ending_with_us(command: list[str]) -> list[str]:
    """The command, killed by the kernel when the emulator dies unasked (where the tool for it exists)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command


def _in_scope(function: Any) -> Any:
    context = contextvars.copy_context()
    return lambda *arguments: context.run(function, *arguments)


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it is gone already
        os.killpg(pid, number)


def _memory_mib(container: dict[str, Any]) -> int:
    for requirement in container.get("resourceRequirements") or ():
        if requirement["type"] == "MEMORY":
            return int(requirement["value"])
    return int(container.get("memory") or 0)


def _used_mib(session: int) -> int:
    """Anonymous memory of every process in the session; 0 where there is no /proc."""
    if sys.platform != "linux":
        return 0
    total_kib = 0
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            if os.getsid(int(entry.name)) != session:
                continue
            status = Path(entry.path, "status").read_text(encoding="ascii", errors="replace")
        except (OSError, ProcessLookupError):
            continue  # it ended while we looked
        for line in status.splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                total_kib += int(line.split()[1])
    return total_kib // 1024
