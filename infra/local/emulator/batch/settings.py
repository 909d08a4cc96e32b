"""Where and how job processes run; set by whoever starts the emulator."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """The local stand-in for compute environment and image."""

    #: The interpreter that stands for the image's `python`.
    python: str
    #: The folder that stands for the image's working directory, and its import path.
    content: str
    import_path: str
    #: Attempts that run at once.
    slots: int
    #: Seconds between SIGTERM and SIGKILL.
    grace_s: float
    #: How much shorter attempt timeouts are than said; AWS allows none below a minute.
    timeout_scale: float


@cache
def settings() -> BatchSettings:
    """What the environment says, read once."""
    read = os.environ.get
    return BatchSettings(
        python=read("LIPWIRE_INFERENCE_PYTHON") or str(REPOSITORY / ".venv/inference/bin/python"),
        content=read("LIPWIRE_BATCH_CONTENT") or str(REPOSITORY / "containers/inference"),
        import_path=read("LIPWIRE_BATCH_IMPORT_PATH") or str(REPOSITORY / "functions"),
        slots=int(read("LIPWIRE_BATCH_SLOTS") or os.cpu_count() or 1),
        grace_s=float(read("LIPWIRE_BATCH_GRACE_S") or 2.5),
        timeout_scale=float(read("LIPWIRE_BATCH_TIMEOUT_SCALE") or 1),
    )
