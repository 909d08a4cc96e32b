"""How often a warm request asks DynamoDB, on the platform that is running."""

import os
from collections.abc import Iterator
from typing import Final

from benchmarks.figure import Figure
from infra.local import deployment, up
from infra.local.platform import REGION, Emulator
from tests.support.call_counts import warm_calls

BARS: Final = {"create": 5, "create under an idempotency key": 5, "poll": 2}


def figures() -> Iterator[Figure]:
    """Calls of a request that creates a job, with and without an idempotency key, and of one that polls it."""
    running = up.read_running()
    if running is None:
        raise SystemExit("the platform is not running: `make up` first, or use `make bench`")
    emulator = Emulator(running.emulator_pid, running.emulator_port, up.PLATFORM)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    calls = warm_calls(emulator.client("dynamodb"), deployment.resource_names(emulator))
    for name, bar in BARS.items():
        yield Figure(f"warm {name}: DynamoDB calls", len(calls[name]), "calls", bar)
