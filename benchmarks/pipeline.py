"""The deployed platform on this machine: what a warm request costs, and the handler's own share of it."""

import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from infra.local.client import Client

ROOT: Final = Path(__file__).resolve().parents[1]
REQUESTS: Final = 60


def figures() -> Iterator[Figure]:
    """Warm requests through the gateway, and CPU time of the handlers without AWS calls."""
    yield from _handler_cpu()
    local = ROOT / ".lipwire" / "local.json"
    if not local.exists():
        raise SystemExit("the platform is not running: `make up` first, or use `make bench`")
    found = json.loads(local.read_text())
    client = Client(found["base_url"], found["api_key"])
    for name, path in (("GET /account", "/account"), ("GET /jobs", "/jobs")):
        times = [_timed(partial(client.call, "GET", path)) for _ in range(REQUESTS)]
        yield Figure(f"warm {name} on the emulator, p50", statistics.median(times) * 1e3, "ms", 60)
        yield Figure(
            f"warm {name} on the emulator, p99",
            sorted(times)[int(REQUESTS * 0.99) - 1] * 1e3,
            "ms",
            200,
        )
    health = found["base_url"] + "/openapi.json"
    times = [_timed(lambda: urllib.request.urlopen(health).read()) for _ in range(REQUESTS)]
    yield Figure(
        "warm GET /openapi.json on the emulator, p50", statistics.median(times) * 1e3, "ms", 60
    )


def _handler_cpu() -> Iterator[Figure]:
    """Decode, route and encode one request 500 times in this process, with a store that answers at once."""
    from benchmarks.warm_handler import cpu_times

    times = cpu_times(500)
    yield Figure(
        "create job: handler CPU without AWS, p50", statistics.median(times) * 1e3, "ms", 2
    )
    yield Figure("create job: handler CPU without AWS, p99", sorted(times)[494] * 1e3, "ms", 5)


def _timed(call: object) -> float:
    began = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - began
