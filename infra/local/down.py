"""Stops the platform: `python -m infra.local.down`, or `make down`. `KEEP=1` keeps its state for the next `up`."""

import os
import shutil
import sys

from infra.local import up
from infra.local.platform import Emulator


def main() -> int:
    """0; nothing of the platform runs any more."""
    running = up.read_running()
    keep = os.environ.get("KEEP", "") not in {"", "0"}
    if running is None:
        sys.stdout.write("the platform isn't running\n")
    else:
        if keep and running.is_well and (busy := _executions_under_way(running)):
            sys.stdout.write(
                f"{busy} workflow(s) are under way and go on with the next `make up`\n"
            )
        up.stop(running)
        up.RUNNING.unlink(missing_ok=True)
    if keep:
        sys.stdout.write("stopped; its state is kept in .lipwire/platform\n")
        return 0
    shutil.rmtree(up.PLATFORM, ignore_errors=True)
    up.LOCAL.unlink(missing_ok=True)
    sys.stdout.write("stopped\n")
    return 0


def _executions_under_way(running: up.Running) -> int:
    emulator = Emulator(running.emulator_pid, running.emulator_port, up.PLATFORM)
    states = emulator.client("stepfunctions")
    return sum(
        len(
            states.list_executions(stateMachineArn=one["stateMachineArn"], statusFilter="RUNNING")[
                "executions"
            ]
        )
        for one in states.list_state_machines()["stateMachines"]
    )


if __name__ == "__main__":
    sys.exit(main())
