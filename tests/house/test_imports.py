"""Importing a module needs neither AWS nor the environment."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.house import tree

#: Needs yt-dlp; `tests/unit/pages` imports it.
_WITH_LAYER: Final = Path("functions/pages/resolve.py")
_IMPORT_ALL: Final = """
import importlib, socket, sys

def refuse(*_args, **_kwargs):
    raise AssertionError("a module opened a connection when it was imported")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_modules_import_with_an_empty_environment_and_no_network() -> None:
    """Every module of the functions is importable bare, but for those that need an environment or a layer of their own."""
    names = [
        ".".join(path.relative_to("functions").with_suffix("").parts).removesuffix(".__init__")
        for path in tree.python("functions")
        if not path.is_relative_to("functions/lipwire/render") and path != _WITH_LAYER
    ]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, *names],
        cwd=tree.ROOT / "functions",
        env={"PYTHONPATH": str(tree.ROOT / "functions"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
