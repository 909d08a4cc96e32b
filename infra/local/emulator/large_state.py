"""Large pieces of saved state, such as layers, are files of their own, written once.

Inside the JSON they would be written, as text, at every stop, and read back at every start.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.emulator.patch import Patch, core

_LARGE = 256 * 1024
_KEY = "__lipwire_file__"


def _folder() -> Path:
    return Path(core("persistence").STATE_DIR) / "large"


def _write(original: Callable[[Any], Any]) -> Any:
    def default(obj: Any) -> Any:
        if not isinstance(obj, bytes | bytearray) or len(obj) < _LARGE:
            return original(obj)
        name = hashlib.sha256(obj).hexdigest()
        path = _folder() / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            fresh = path.with_suffix(".tmp")
            fresh.write_bytes(obj)
            fresh.replace(path)
        return {_KEY: name}

    return default


def _read(original: Callable[[dict[str, Any]], Any]) -> Any:
    known: dict[str, bytes] = {}

    def hook(obj: dict[str, Any]) -> Any:
        name = obj.get(_KEY)
        if name is None:
            return original(obj)
        if name not in known:
            known[name] = (_folder() / name).read_bytes()
        return known[name]

    return hook


PATCHES = (
    Patch(
        target="ministack.core.persistence:_json_default",
        because="layers are saved as text, each as often as it is deployed",
        parameters=("obj",),
        replace=_write,
    ),
    Patch(
        target="ministack.core.persistence:_json_object_hook",
        because="what was written to a file has to be read from it",
        parameters=("obj",),
        replace=_read,
    ),
)
