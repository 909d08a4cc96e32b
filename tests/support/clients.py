"""Vendors' clients as programs of their own, and what they need of a test: media at a URL, a look at what was made."""

import functools
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "tests" / "e2e" / "clients"
_OPENING: Final = """
import sys
import numpy as np
from pathlib import Path
from lipwire.render.face import measures
from lipwire.render.face.finder import FaceFinder
from lipwire.render.media.source import VideoSource
opening = []
with VideoSource(Path(sys.argv[1])) as source, FaceFinder() as finder:
    for frame in source.frames():
        found = finder.find(frame.to_rgb())
        opening.append(np.nan if found is None else float(measures.opening(found)))
print(len(opening), float(np.nanmax(opening) - np.nanmin(opening)))
"""


def run_client(name: str, given: dict[str, Any], *, node: bool = False, package: str = "") -> Any:
    """What the client of that file printed; it imports nothing of the server, its environment can't.

    Skips the test where the vendors' SDKs (for Node: that package, if one is named) are not installed (`make setup`).
    """
    python = ROOT / ".venv" / "clients" / "bin" / "python"
    command = ["node"] if node else [str(python), "-I"]
    if not (ROOT / "node_modules" / package if node else python).exists():
        pytest.skip("the vendors' SDKs are not installed: make setup")
    done = subprocess.run(
        [*command, str(FOLDER / name)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # The last line: SDKs may log before it.
    return json.loads(done.stdout.splitlines()[-1])


def mouth_of(video: Path) -> tuple[int, float]:
    """How many frames a video has, and by how much its mouth opens and closes, in eye distances."""
    done = subprocess.run(
        [str(ROOT / ".venv" / "inference" / "bin" / "python"), "-c", _OPENING, str(video)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "functions"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    frames, moved = done.stdout.split()
    return int(frames), float(moved)


@contextmanager
def shared_files(*files: Path) -> Iterator[list[str]]:
    """A URL for each file, on loopback, until the block ends. All lie in one folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            pass

    (folder,) = {file.parent for file in files}
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [f"http://127.0.0.1:{server.server_port}/{file.name}" for file in files]
    finally:
        server.shutdown()
        server.server_close()
