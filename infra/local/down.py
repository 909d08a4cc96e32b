"""Stops the platform: `python -m infra.local.down`, or `make down`. `KEEP=1` keeps its state for the next `up`."""

import os
import shutil
import sys

from infra.local import up


def main() -> int:
    """0; nothing of the platform runs any more."""
    running = up.read_running()
    if running is None:
        sys.stdout.write("the platform isn't running\n")
    else:
        up.stop(running)
        up.RUNNING.unlink(missing_ok=True)
    if os.environ.get("KEEP", "") not in {"", "0"}:
        sys.stdout.write("stopped; its state is kept in .lipwire/platform\n")
        return 0
    shutil.rmtree(up.PLATFORM, ignore_errors=True)
    up.LOCAL.unlink(missing_ok=True)
    sys.stdout.write("stopped\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
