"""Python functions run where only boto3, their layers and their code can be imported."""

import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.emulator.patch import Patch

#: The interpreter that stands for the Lambda runtime.
RUNTIME_VARIABLE = "LIPWIRE_RUNTIME_PYTHON"

_KEPT = frozenset({"PATH", "HOME", "TMPDIR", "LANG", "TZ"})


def _launcher() -> Path:
    """A script that drops the emulator's own variables and starts the isolated interpreter."""
    interpreter = os.environ.get(RUNTIME_VARIABLE, "")
    if not Path(interpreter).is_file():
        raise FileNotFoundError(
            f"{RUNTIME_VARIABLE}={interpreter!r} names no interpreter: run `make setup`"
        )
    # A function's own variables reach the worker by another way, after this.
    dropped = sorted(
        name
        for name in os.environ
        if name not in _KEPT and not name.startswith(("AWS_", "_")) and name.isidentifier()
    )
    path = Path(tempfile.mkdtemp(prefix="lipwire-runtime-")) / "python"
    path.write_text(
        f'#!/bin/sh\nunset {" ".join(dropped)}\nexec {shlex.quote(interpreter)} -I "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o700)
    return path


def _replace(original: Callable[[str], tuple[str, str]]) -> Any:
    launcher = str(_launcher())

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = original(runtime)
        return (launcher if runtime.startswith("python") else binary), script

    return detect


PATCHES = (
    Patch(
        target="ministack.core.lambda_runtime:_detect_runtime_binary",
        because="handlers would see the emulator's packages, and a missing layer would go unnoticed",
        parameters=("runtime",),
        replace=_replace,
    ),
)
