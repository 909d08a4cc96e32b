"""The local cloud as a library: start the emulator, deploy the CDK app to it, stop it.

`up.py` and the test fixtures are its two users.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REPOSITORY = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ACCOUNT = "000000000000"

#: The operator is root: what pytest-localstack signs with. Functions and jobs run under their own roles.
OPERATOR = {
    "AWS_ACCESS_KEY_ID": "accesskey",
    "AWS_SECRET_ACCESS_KEY": "secretkey",
    "AWS_SESSION_TOKEN": "token",
}

_START_S = 30.0
_STOP_S = 20.0
_BOOTSTRAP_S = 120.0
_DEPLOY_S = 420.0


class PlatformError(RuntimeError):
    """The local cloud can't be brought up; the text says why."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """One emulator process and the folder that holds its state and logs."""

    pid: int
    port: int
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint(self) -> str:
        """Where every service answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the emulator printed."""
        return self.folder / "emulator.log"

    def session(self) -> boto3.session.Session:
        """A session with the operator's credentials."""
        return boto3.session.Session(
            aws_access_key_id=OPERATOR["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=OPERATOR["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=OPERATOR["AWS_SESSION_TOKEN"],
            region_name=REGION,
        )

    def client(self, service: str, **config: Any) -> Any:
        """A client of one service, as the operator."""
        options = (
            Config(signature_version="s3v4", **config) if service == "s3" else Config(**config)
        )
        return self.session().client(service, endpoint_url=self.endpoint, config=options)

    def environment(self) -> dict[str, str]:
        """Variables for a process that works as the operator."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CDK_", "MINISTACK_"))
        }
        return (
            kept
            | OPERATOR
            | {
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        )

    def stop(self) -> None:
        """Ask the emulator to save its state and end; wait until it has."""
        end_process(self.pid, self.process, timeout_s=_STOP_S)

    def kill(self) -> None:
        """End it without saving, as a crash would."""
        _signal(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def start_emulator(
    folder: Path, *, port: int | None = None, variables: dict[str, str] | None = None
) -> Emulator:
    """An emulator that answers, with the state the folder holds.

    Raises PlatformError when it doesn't come up; its log is in the message then.
    """
    for name in ("state", "objects", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    runtime = REPOSITORY / ".venv/runtime/bin/python"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "TZ"} or name.startswith("LIPWIRE_")
    }
    environment.setdefault("LIPWIRE_RUNTIME_PYTHON", str(runtime))
    environment |= OPERATOR | {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(chosen),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "objects"),
        "TMPDIR": str(folder / "tmp"),
        "LOG_LEVEL": "WARNING",
        # Listeners of services this system doesn't have.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
    environment |= variables or {}
    with (folder / "emulator.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.emulator"],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    emulator = Emulator(pid=process.pid, port=chosen, folder=folder, process=process)
    deadline = time.monotonic() + _START_S
    while not is_healthy(emulator.endpoint):
        if process.poll() is not None or time.monotonic() > deadline:
            emulator.kill()
            raise PlatformError(f"the emulator didn't start:\n{tail(emulator.log)}")
        time.sleep(0.05)
    return emulator


def deploy(
    emulator: Emulator, *, stage: str = "local", context: dict[str, str] | None = None
) -> dict[str, str]:
    """Deploy the CDK app with the real CLI; returns every stack's outputs in one mapping.

    Raises PlatformError with the CLI's last words when it fails or takes too long.
    """
    cdk = REPOSITORY / "node_modules/.bin/cdk"
    if not cdk.exists():
        raise PlatformError("the CDK CLI isn't installed: run `make setup`")
    environment = emulator.environment() | {
        "STAGE": stage,
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }
    outputs = emulator.folder / "outputs.json"
    log = emulator.folder / "deploy.log"
    log.unlink(missing_ok=True)
    common = ["--context", f"stage={stage}", "--ci"]
    for key, value in (context or {}).items():
        common += ["--context", f"{key}={value}"]
    if not _is_bootstrapped(emulator):
        command = [str(cdk), "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", "", "--ci"]
        _run(command, environment, log, timeout_s=_BOOTSTRAP_S)
    command = [
        str(cdk),
        "deploy",
        "--all",
        "--require-approval=never",
        "--concurrency=4",
        "--progress=events",
        f"--outputs-file={outputs}",
        f"--output={emulator.folder / 'cdk.out'}",
        *common,
    ]
    _run(command, environment, log, timeout_s=_DEPLOY_S)
    return read_outputs(emulator.folder)


def read_outputs(folder: Path) -> dict[str, str]:
    """Outputs of the last deployment, all stacks together."""
    path = folder / "outputs.json"
    stacks = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: value for outputs in stacks.values() for name, value in outputs.items()}


def clone(source: Path, target: Path) -> None:
    """Copy a stopped emulator's state, so that another starts from it without a deployment."""
    for name in ("state", "objects"):
        shutil.copytree(source / name, target / name, dirs_exist_ok=True)
    if (source / "outputs.json").exists():
        shutil.copy(source / "outputs.json", target / "outputs.json")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_healthy(endpoint: str) -> bool:
    """Whether an emulator answers there."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


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
    _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process is not None:
            if process.poll() is not None:
                return
        elif not is_alive(pid):
            return
        time.sleep(0.05)
    _signal(pid, signal.SIGKILL)
    if process is not None:
        process.wait()


def tail(path: Path, lines: int = 40) -> str:
    """A text file's last lines."""
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _is_bootstrapped(emulator: Emulator) -> bool:
    summaries = emulator.client("cloudformation").list_stacks()["StackSummaries"]
    return any(
        one["StackName"] == "CDKToolkit"
        and one["StackStatus"].endswith("_COMPLETE")
        and not one["StackStatus"].startswith("DELETE")
        for one in summaries
    )


def _run(command: list[str], environment: dict[str, str], log: Path, *, timeout_s: float) -> None:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise PlatformError(
                f"`{' '.join(command[:2])}` took more than {timeout_s:.0f} s:\n{tail(log)}"
            ) from None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if code != 0:
        raise PlatformError(f"`{Path(command[0]).name} {command[1]}` failed:\n{tail(log)}")


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it is gone already
