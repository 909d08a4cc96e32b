"""What a cold start loads, against the budget of one boto3 client; each handler in a clean interpreter."""

import json
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure

ROOT: Final = Path(__file__).resolve().parents[1]
RUNTIME: Final = ROOT / ".venv" / "runtime" / "bin" / "python"
RUNS: Final = 7

_PROBE: Final = """
import json, resource, sys, time
began = time.process_time()
{body}
took = time.process_time() - began
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([len(sys.modules), rss, took]))
"""
_BASELINE: Final = "import boto3; boto3.client('dynamodb')"
#: As in a function: nobody looks for credentials elsewhere.
ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


def figures() -> Iterator[Figure]:
    """Modules, MiB and init ratio of each API handler and of the webhook worker."""
    _, _, baseline = _measure(_BASELINE)
    for name, modules, mebibytes in (
        ("api_jobs", 600, 62),
        ("api_uploads", 600, 62),
        ("api_account", 600, 62),
        ("consumers.deliver_webhooks", 600, 62),
    ):
        body = (
            f"import {name}.handler\n"
            "from lipwire import bootstrap, dialects\n"
            "bootstrap.lambda_app().dynamodb; dialects.load('native')"
        )
        count, rss, took = _measure(body)
        yield Figure(f"{name}: modules after init", count, "modules", modules)
        yield Figure(f"{name}: memory after init", rss, "MiB", mebibytes)
        yield Figure(
            f"{name}: init / (boto3 + client) init, CPU time", took / baseline, "ratio", 1.7
        )


def _measure(body: str) -> tuple[float, float, float]:
    """Medians over several clean interpreters that see boto3, the layer and the code only."""
    found = [_once(body) for _ in range(RUNS)]
    return (
        statistics.median(run[0] for run in found),
        statistics.median(run[1] for run in found),
        statistics.median(run[2] for run in found),
    )


def _once(body: str) -> tuple[float, float, float]:
    path = [str(ROOT / "functions"), str(ROOT / "build" / "layers" / "api-local" / "python")]
    code = f"import sys; sys.path[:0] = {path!r}\n" + _PROBE.format(body=body)
    done = subprocess.run(
        [str(RUNTIME), "-I", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    modules, rss, took = json.loads(done.stdout.strip().splitlines()[-1])
    return modules, rss, took
