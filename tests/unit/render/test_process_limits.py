"""A render's process has bounds of its own, whatever a file makes its decoders ask for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
#: Started as the container starts it; it gives up at once for want of settings, and is then asked what it still may.
CODE = """
import contextlib, logging, os, resource, runpy, sys, tempfile
logging.disable()
sys.argv = ["entrypoint.py", "render", "job_x"]
try:
    runpy.run_path("containers/inference/entrypoint.py", run_name="__main__")
except SystemExit as left:
    assert left.code == 70, left.code
from lipwire.render.media.formats import _as_media_errors
from lipwire.domain.errors import MediaTooLargeError
with tempfile.TemporaryFile() as file:
    try:
        os.pwrite(file.fileno(), b"x", 33 * 2**30)
    except OSError as error:
        print("file", error.errno)
try:
    with _as_media_errors():
        bytearray(16 * 2**30)
except MediaTooLargeError:
    print("memory")
print("core", resource.getrlimit(resource.RLIMIT_CORE))
print("time", resource.getrlimit(resource.RLIMIT_CPU)[1] // (os.cpu_count() or 1))
"""


def test_a_render_is_bounded_in_files_memory_and_time():
    """Files up to 32 GiB, addresses up to three containers, an attempt's time on every core, no core dumps."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env={"PYTHONPATH": "functions", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines() == ["file 27", "memory", "core (0, 0)", "time 3600"], (
        done.stderr
    )
