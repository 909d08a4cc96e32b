"""The emulator's process: start it on a folder of state, ask it to stop, copy its state.

`up.py` and the test fixtures are its users; `deployment.py` puts the CDK app on it.
"""

import os
import shutil
import signal
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

from infra.local.processes import end_process, free_port, send, tail

REPOSITORY = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ACCOUNT = "000000000000"

#: The operator is root: what pytest-localstack signs with. Functions and jobs run under their own roles.
OPERATOR = {
    "AWS_ACCESS_KEY_ID": "accesskey",
    "AWS_SECRET_ACCESS_KEY": "secretkey",
    "AWS_SESSION_TOKEN": "token",
}

_START_S = 60.0
_STOP_S = 60.0


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
        send(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def start_emulator(
    folder: Path, *, port: int | None = None, variables: dict[str, str] | None = None
) -> Emulator:
    """An emulator that answers, with the state the folder holds.

    Raises PlatformError when it doesn't come up; its log is in the message then.
    """
    # Functions are unpacked there; what a crash left is of no use.
    shutil.rmtree(folder / "tmp", ignore_errors=True)
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


def clone(source: Path, target: Path) -> None:
    """Copy a stopped emulator's state, so that another starts from it without a deployment."""
    for name in ("state", "objects"):
        shutil.copytree(source / name, target / name, dirs_exist_ok=True)
    if (source / "outputs.json").exists():
        shutil.copy(source / "outputs.json", target / "outputs.json")


def is_healthy(endpoint: str) -> bool:
    """Whether an emulator answers there."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
