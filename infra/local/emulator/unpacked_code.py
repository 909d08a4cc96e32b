"""Functions share one unpacked copy of their code and layers, and with it the compiled modules.

MiniStack unpacks both anew for every process, so that each cold start would compile every module again.
"""

import hashlib
import shutil
import tempfile
import threading
import types
import zipfile
from pathlib import Path
from typing import Any

from infra.local.emulator.patch import Patch

_lock = threading.Lock()


class _SharedZip(zipfile.ZipFile):
    """A zip whose `extractall` makes the folder a link to the one copy of its content."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Leave `path` as a link; refuses what isn't a whole archive into an empty folder."""
        if path is None or members is not None or self.filename is None:
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()[:32]
        copy = Path(tempfile.gettempdir()) / "unpacked" / digest
        with _lock:
            if not copy.exists():
                copy.parent.mkdir(exist_ok=True)
                fresh = Path(tempfile.mkdtemp(dir=copy.parent))
                super().extractall(fresh)
                fresh.rename(copy)
        shutil.rmtree(path)
        Path(path).symlink_to(copy, target_is_directory=True)


def _share(_module: types.ModuleType) -> Any:
    shared = types.ModuleType("zipfile")
    shared.__dict__.update(zipfile.__dict__)
    shared.__dict__["ZipFile"] = _SharedZip
    return shared


PATCHES = (
    Patch(
        target="ministack.core.lambda_runtime:zipfile",
        because="every process unpacks, and compiles, its code and layers again",
        kind=types.ModuleType,
        replace=_share,
    ),
)
