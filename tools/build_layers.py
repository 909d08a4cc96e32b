"""`python -m tools.build_layers`: the dependency layers, by pip, for this machine and for AWS; no Docker (D5)."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LAYERS: Final = ("api", "media", "networks", "pages", "speech")
#: What AWS runs: Python 3.13 on arm64 (D2). Wheels name the oldest glibc they work with.
AWS: Final = (
    "--only-binary=:all:",
    "--python-version=3.13",
    "--implementation=cp",
    "--platform=manylinux2014_aarch64",
    "--platform=manylinux_2_17_aarch64",
    "--platform=manylinux_2_28_aarch64",
)
#: What AWS runs, where it is installed here, too.
AWS_PYTHON: Final = "python3.13"
#: Code that every function imports before it answers. Lambda keeps nothing that it compiles.
COMPILED: Final = ("api",)
TARGETS: Final[dict[str, tuple[str, ...]]] = {"local": (), "aws": AWS}


def main() -> None:
    """Every layer is there and made from the lock of now."""
    for layer in LAYERS:
        for target, options in TARGETS.items():
            _build(layer, target, options)


def _build(layer: str, target: str, options: tuple[str, ...]) -> None:
    lock = ROOT / "requirements" / f"layer-{layer}.txt"
    folder = ROOT / "build" / "layers" / f"{layer}-{target}"
    stamp = folder.with_suffix(".stamp")
    is_compiled = target == "aws" and layer in COMPILED and _runs(AWS_PYTHON)
    words = " ".join([*options, "compiled"] if is_compiled else options)
    fingerprint = hashlib.sha256(lock.read_bytes() + words.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == fingerprint and folder.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check",
        "--require-hashes", f"--target={folder / 'python'}", *options, "-r", str(lock),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    if is_compiled:
        # Never compared with their sources, whose times a deployment does not keep.
        how = ("-m", "compileall", "-q", "-j0", "--invalidation-mode=unchecked-hash")
        subprocess.run([AWS_PYTHON, *how, str(folder)], check=True)
    stamp.write_text(fingerprint)


def _runs(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main()
