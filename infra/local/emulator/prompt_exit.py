"""Once its state is saved the emulator leaves, whatever its threads still wait for."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.local.emulator.batch import runner
from infra.local.emulator.patch import Patch

_PATIENCE_S = 1.0


def _leave_after(original: Callable[[dict[str, Any]], None]) -> Any:
    def save_all(services: dict[str, Any]) -> None:
        original(services)
        threading.Thread(target=_leave, daemon=True).start()

    return save_all


def _leave() -> None:
    runner.stop_all()
    time.sleep(_PATIENCE_S)
    os._exit(0)


PATCHES = (
    Patch(
        target="ministack.app:save_all",
        because="long polls and slow functions keep the process for half a minute after it saved",
        parameters=("services",),
        replace=_leave_after,
    ),
)
