"""Brings the platform up on this machine: `python -m infra.local.up`, or `make up`.

Running twice is harmless: what runs is kept, and deployed anew only when the app changed.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass

from infra.local import deployment, processes
from infra.local.platform import (
    REPOSITORY,
    Emulator,
    PlatformError,
    is_healthy,
    start_emulator,
)
from lipwire.adapters.speech.networks.folder import read_folder

FOLDER = REPOSITORY / ".lipwire"
#: What callers read: base URL and key.
LOCAL = FOLDER / "local.json"
#: What `down` reads: processes and ports.
RUNNING = FOLDER / "running.json"
PLATFORM = FOLDER / "platform"
#: Digest of the app that was deployed last.
DEPLOYED = PLATFORM / "deployed"
PORTS = PLATFORM / "ports.json"

_CREDITS = 1000


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of a platform."""

    emulator_pid: int
    emulator_port: int
    forwarder_pid: int
    forwarder_port: int
    #: Digest of the code the emulator runs.
    extension: str

    @property
    def is_well(self) -> bool:
        """Whether both processes run and the emulator answers."""
        return (
            processes.is_alive(self.emulator_pid)
            and processes.is_alive(self.forwarder_pid)
            and is_healthy(f"http://127.0.0.1:{self.emulator_port}")
        )


def read_running() -> Running | None:
    """What the last `up` started, as far as it says."""
    if not RUNNING.exists():
        return None
    return Running(**{"extension": "", **json.loads(RUNNING.read_text(encoding="utf-8"))})


def main() -> int:
    """0 when the platform runs; 1, with the reason printed and nothing left running, otherwise."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            local = bring_up(port=int(os.environ.get("PORT") or 0))
        except PlatformError as error:
            sys.stderr.write(f"the platform didn't come up: {error}\n")
            return 1
    sys.stdout.write(f"\n  base URL  {local['base_url']}\n  API key   {local['api_key']}\n")
    sys.stdout.write(f"  docs      {local['base_url']}/docs\n")
    sys.stdout.write(f"  also in   {LOCAL.relative_to(REPOSITORY)}\n\n")
    return 0


def bring_up(*, port: int) -> dict[str, str]:
    """The running platform's base URL and key.

    Raises PlatformError when it can't be brought up; nothing runs then that didn't before.
    """
    running = read_running()
    extension = deployment.extension_fingerprint()
    if running is not None and running.is_well and running.extension == extension:
        emulator = Emulator(running.emulator_pid, running.emulator_port, PLATFORM)
        _deploy_if_changed(emulator)
        return _local(emulator, running.forwarder_port)
    if running is not None:
        if not processes.is_alive(running.emulator_pid):
            # It crashed: what was deployed since it last saved is gone.
            DEPLOYED.unlink(missing_ok=True)
        stop(running)
    is_new = not (PLATFORM / "state/cloudformation.json").exists()
    if is_new:
        forget_state()
    _say("starting the emulator")
    emulator_port, last_port = _last_ports()
    emulator = start_emulator(PLATFORM, port=emulator_port)
    forwarder: subprocess.Popen[bytes] | None = None
    try:
        _deploy_if_changed(emulator)
        forwarder_port = port or last_port or processes.free_port()
        forwarder = _start_forwarder(emulator, forwarder_port)
        RUNNING.write_text(
            json.dumps(
                asdict(
                    Running(emulator.pid, emulator.port, forwarder.pid, forwarder_port, extension)
                )
            ),
            encoding="utf-8",
        )
        PORTS.write_text(json.dumps([emulator.port, forwarder_port]), encoding="utf-8")
        return _local(emulator, forwarder_port)
    except BaseException:
        if forwarder is not None:
            processes.end_process(forwarder.pid, forwarder, timeout_s=2)
        emulator.stop()
        RUNNING.unlink(missing_ok=True)
        if is_new:
            forget_state()
        raise


def forget_state() -> None:
    """Nothing is deployed any more; logs stay."""
    for name in ("state", "objects"):
        shutil.rmtree(PLATFORM / name, ignore_errors=True)
    DEPLOYED.unlink(missing_ok=True)


def stop(running: Running) -> None:
    """End what `up` started; the emulator saves its state. Strangers with a reused id are left alone."""
    for pid, module, timeout_s in (
        (running.forwarder_pid, "infra.local.forwarder", 3.0),
        (running.emulator_pid, "infra.local.emulator", 60.0),
    ):
        if processes.is_alive(pid) and module in processes.command_of(pid):
            processes.end_process(pid, timeout_s=timeout_s)


def _deploy_if_changed(emulator: Emulator) -> None:
    digest = deployment.fingerprint()
    if DEPLOYED.exists() and DEPLOYED.read_text(encoding="utf-8") == digest:
        return
    tell_voices()
    _say("deploying the app (about a minute the first time, on two cores)")
    began = time.monotonic()
    deployment.deploy(emulator)
    DEPLOYED.write_text(digest, encoding="utf-8")
    _say(f"deployed in {time.monotonic() - began:.0f} s")


def tell_voices() -> None:
    """Which of the operator's own voices there are, and why the others are not.

    Raises PlatformError when their folder isn't there.
    """
    folder = deployment.voices_folder()
    if folder is None:
        return
    try:
        networks, refusals = read_folder(folder)
    except FileNotFoundError as error:
        raise PlatformError(str(error)) from None
    for network in networks:
        _say(f"voices of {network.weights.key}: {len(network.speakers)} ({network.licence})")
    for one in refusals:
        _say(f"refused: {one}")


def _start_forwarder(emulator: Emulator, port: int) -> "subprocess.Popen[bytes]":
    with (PLATFORM / "forwarder.log").open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "infra.local.forwarder",
                f"--port={port}",
                f"--upstream-port={emulator.port}",
                f"--api-id={deployment.api_id(emulator)}",
            ],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + 10
    while not processes.is_listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            processes.end_process(process.pid, process, timeout_s=1)
            raise PlatformError(
                f"nothing could listen on port {port}:\n"
                f"{processes.tail(PLATFORM / 'forwarder.log', 5)}"
            )
        time.sleep(0.05)
    return process


def _local(emulator: Emulator, port: int) -> dict[str, str]:
    base_url = f"http://127.0.0.1:{port}"
    known: dict[str, str] = {}
    if LOCAL.exists():
        known = json.loads(LOCAL.read_text(encoding="utf-8"))
    # The account may have gone with the state it was in.
    if "api_key" not in known or not _is_accepted(base_url, known["api_key"]):
        known = deployment.open_account(emulator, granted=_CREDITS)
    local = known | {"base_url": base_url, "endpoint": emulator.endpoint}
    LOCAL.write_text(json.dumps(local, indent=2) + "\n", encoding="utf-8")
    LOCAL.chmod(0o600)
    return local


def _is_accepted(base_url: str, api_key: str) -> bool:
    request = urllib.request.Request(
        f"{base_url}/lipwire/v1/account", headers={"X-Api-Key": api_key}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        if error.code == 401:
            return False
        raise PlatformError(f"the API answered {error.code}:\n{error.read()[:2000]!r}") from error


def _last_ports() -> tuple[int | None, int | None]:
    """Ports of the state that was kept, where they are still free: addresses handed out stay right."""
    if not PORTS.exists():
        return None, None
    emulator, forwarder = json.loads(PORTS.read_text(encoding="utf-8"))
    return _if_free(emulator), _if_free(forwarder)


def _if_free(port: int) -> int | None:
    return None if processes.is_listening(port) else port


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
