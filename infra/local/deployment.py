"""Putting the CDK app on a running emulator with the real CLI, and finding what it made."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.local.platform import ACCOUNT, REGION, REPOSITORY, Emulator, PlatformError
from infra.local.processes import tail

_BOOTSTRAP_S = 120.0
_DEPLOY_S = 420.0

_LOCAL = REPOSITORY / "infra/local"
#: What a deployment is made from; when none of it changed, none is needed.
_INGREDIENTS = ("app.py", "cdk.json", "infra", "functions", "containers", "requirements")


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
                f"`{' '.join(command[:2])}` took more than {timeout_s:.0f} s:\n{_said(log)}"
            ) from None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if code != 0:
        raise PlatformError(f"`{Path(command[0]).name} {command[1]}` failed:\n{_said(log)}")


def _said(log: Path) -> str:
    """The CLI's last words, without the banner it prints about Node's age."""
    lines = tail(log, 100).splitlines()
    return "\n".join([line for line in lines if not line.startswith(("!!", "b'!!"))][-30:])


def resource_names(emulator: Emulator) -> dict[str, str]:
    """Variable -> name of each table, bucket, queue and so on, as the deployed functions know them."""
    pages = emulator.client("lambda").get_paginator("list_functions").paginate()
    return {
        name: value
        for page in pages
        for function in page["Functions"]
        for name, value in function.get("Environment", {}).get("Variables", {}).items()
        if not name.startswith(("AWS_", "POWERTOOLS_"))
    }


def api_id(emulator: Emulator) -> str:
    """The HTTP API's id.

    Raises PlatformError when there isn't exactly one.
    """
    apis = emulator.client("apigatewayv2").get_apis()["Items"]
    if len(apis) != 1:
        raise PlatformError(f"expected one HTTP API, found {len(apis)}")
    return str(apis[0]["ApiId"])


def open_account(emulator: Emulator, *, granted: int) -> dict[str, str]:
    """A new account with that many credits: its `account_id` and `api_key`.

    Raises PlatformError when the operator's command fails.
    """
    environment = emulator.environment() | resource_names(emulator)
    layer = REPOSITORY / "build/layers/api-local/python"
    environment |= {
        "LIPWIRE_STAGE": "local",
        "PYTHONPATH": f"{REPOSITORY / 'functions'}:{layer}",
    }
    answer = subprocess.run(
        [
            str(REPOSITORY / ".venv/runtime/bin/python"),
            "-m",
            "lipwire.operator",
            "create-account",
            f"--credits={granted}",
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if answer.returncode != 0:
        raise PlatformError(f"no account could be opened:\n{answer.stderr[-3000:]}")
    opened: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return opened


def fingerprint() -> str:
    """A digest of everything the app is made from."""
    paths = (path for name in _INGREDIENTS for path in _files(REPOSITORY / name))
    own = _digest(path for path in paths if not path.is_relative_to(_LOCAL))
    voices = voices_folder()
    if voices is None:
        return own
    seen = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _files(voices)]
    return hashlib.sha256(f"{own} {seen}".encode()).hexdigest()


def voices_folder() -> Path | None:
    """The folder with the operator's own voices, named as the CDK app has it named."""
    context = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
    named = context.get("voices") or os.environ.get("LIPWIRE_VOICES", "")
    return Path(named).expanduser().resolve() if named else None


def extension_fingerprint() -> str:
    """A digest of the emulator's own code: a running emulator with another one is out of date."""
    return _digest([*_files(_LOCAL / "emulator"), *_files(REPOSITORY / "requirements/tools.txt")])


def _files(root: Path) -> list[Path]:
    paths = sorted(root.rglob("*")) if root.is_dir() else [root]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
