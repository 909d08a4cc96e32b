"""`bin/lipwire …` on the platform that runs here, where no other one is named in the environment."""

import os
import sys

from infra.local import deployment, up
from infra.local.platform import Emulator
from lipwire import operator

_HELP = {"-h", "--help"}


def main(arguments: list[str]) -> int:
    """What the operator's command answers; 1 when there is no platform to ask."""
    if arguments and not _HELP & {*arguments}:
        running = up.read_running()
        if running is None or not running.is_well:
            sys.stderr.write(
                "no platform: `make up` first, or name the tables of a deployed one"
                " (docs/architecture/06-deploying.md)\n"
            )
            return 1
        emulator = Emulator(running.emulator_pid, running.emulator_port, up.PLATFORM)
        os.environ.update(emulator.environment() | deployment.resource_names(emulator))
    return operator.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
