"""Follows every function's and every job's log in one stream: `python -m infra.local.logs`, or `make logs`."""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

from infra.local import up
from infra.local.platform import Emulator

_POLL_S = 0.5
#: Lines of the runtime's own that say nothing about what happened.
_NOISE = ("START RequestId", "END RequestId", "REPORT RequestId")
#: Logs of gateways and networks, which stay empty here, and of CDK's own functions.
_SILENT = re.compile("AccessLogs|FlowLogs|BucketNotifications|Custom")
#: Fields that every structured line has.
_FRAME = frozenset(
    {
        "level",
        "location",
        "message",
        "timestamp",
        "service",
        "cold_start",
        "function_name",
        "function_memory_size",
        "function_arn",
        "function_request_id",
        "xray_trace_id",
    }
)
_HASH = re.compile(r"Logs[0-9A-F]{8}$")


def main() -> int:
    """0 when the reader has seen enough; 1 when nothing runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--since", type=float, default=1.0, help="minutes to look back (default 1)")
    parser.add_argument("--once", action="store_true", help="print what is there and end")
    options = parser.parse_args()
    running = up.read_running()
    if running is None or not running.is_well:
        sys.stderr.write("the platform isn't running: `make up` first\n")
        return 1
    emulator = Emulator(running.emulator_pid, running.emulator_port, up.PLATFORM)
    since = int((time.time() - options.since * 60) * 1000)
    try:
        for moment, source, message in lines(emulator.client("logs"), since, once=options.once):
            clock = time.strftime("%H:%M:%S", time.localtime(moment / 1000))
            sys.stdout.write(f"{clock} {source:<18} {message}\n")
            sys.stdout.flush()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    return 0


def lines(client: Any, since: int, *, once: bool = False) -> Iterator[tuple[int, str, str]]:
    """Time, source and text of each line, as they come."""
    seen: set[tuple[str, int, str]] = set()
    while True:
        found = []
        for group in _groups(client):
            pages = client.get_paginator("filter_log_events").paginate(
                logGroupName=group, startTime=since
            )
            found += [
                (event["timestamp"], _source(group, event["logStreamName"]), event)
                for page in pages
                for event in page["events"]
                if _key(event) not in seen
            ]
        found.sort(key=lambda line: line[0])
        for moment, source, event in found:
            seen.add(_key(event))
            message = event["message"].rstrip()
            if message and not message.startswith(_NOISE):
                yield moment, source, readable(message)
        if once:
            return
        time.sleep(_POLL_S)


def _key(event: dict[str, Any]) -> tuple[str, int, str]:
    # The emulator gives lines no id.
    return event["logStreamName"], event["timestamp"], event["message"]


def readable(message: str) -> str:
    """A structured line as a person reads it: level, message, and what it is about."""
    try:
        entry = json.loads(message)
    except ValueError:
        return message
    if not isinstance(entry, dict) or "message" not in entry:
        return message
    about = " ".join(f"{key}={value}" for key, value in entry.items() if key not in _FRAME)
    return f"{entry.get('level', '')} {entry['message']} {about}".strip()


def _groups(client: Any) -> list[str]:
    pages = client.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    return [name for name in names if not _SILENT.search(name)]


def _source(group: str, stream: str) -> str:
    """A function's short name, or `job` with the start of its task's id."""
    _definition, is_job, task = stream.partition("/default/")
    if is_job:
        return f"job {task[:8]}"
    name = _HASH.sub("", group.rpartition("/")[2])
    return name.partition("Consumer")[0][:24]


if __name__ == "__main__":
    sys.exit(main())
