"""How often a warm request asks DynamoDB, on the platform that is running."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from infra.local import deployment
from infra.local.platform import REGION, Emulator
from tests.support.call_counts import warm_calls

LOCAL: Final = Path(__file__).resolve().parents[1] / ".lipwire"
BARS: Final = {"create": 5, "create under an idempotency key": 5, "poll": 2}


def figures() -> Iterator[Figure]:
    """Calls of a request that creates a job, with and without an idempotency key, and of one that polls it."""
    port, _ = json.loads((LOCAL / "platform" / "ports.json").read_text(encoding="utf-8"))
    emulator = Emulator(0, port, LOCAL / "platform")
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    calls = warm_calls(emulator.client("dynamodb"), deployment.resource_names(emulator))
    for name, bar in BARS.items():
        yield Figure(f"warm {name}: DynamoDB calls", len(calls[name]), "calls", bar)
