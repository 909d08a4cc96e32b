"""A job's output, line by line, into CloudWatch Logs."""

import contextvars
import threading
import time
from typing import IO, Any

from infra.local.emulator.patch import service

DEFAULT_GROUP = "/aws/batch/job"


def group_of(container: dict[str, Any]) -> str:
    """The log group the job definition names, or Batch's own."""
    options = (container.get("logConfiguration") or {}).get("options") or {}
    return str(options.get("awslogs-group") or DEFAULT_GROUP)


def stream_of(container: dict[str, Any], definition: str, task: str) -> str:
    """The name of an attempt's log stream."""
    options = (container.get("logConfiguration") or {}).get("options") or {}
    return f"{options.get('awslogs-stream-prefix') or definition}/default/{task}"


def follow(output: IO[bytes], group: str, stream: str) -> None:
    """Copy the output to the stream until it ends; lines show up within a fifth of a second."""
    logs = service("cloudwatch_logs")
    # Both exist already, more often than not: the answer doesn't matter.
    logs._create_log_group({"logGroupName": group})
    logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    held: list[dict[str, Any]] = []
    lock = threading.Lock()
    over = threading.Event()

    def flush() -> None:
        with lock:
            events, held[:] = held[:], []
        if events:
            logs._put_log_events(
                {"logGroupName": group, "logStreamName": stream, "logEvents": events}
            )

    def flush_now_and_then() -> None:
        while not over.wait(0.2):
            flush()

    # The context of this thread holds account and region; a new thread has to be given them.
    context = contextvars.copy_context()
    flusher = threading.Thread(target=context.run, args=(flush_now_and_then,), daemon=True)
    flusher.start()
    for line in output:
        message = line.decode("utf-8", errors="replace").rstrip("\r\n")
        with lock:
            held.append({"timestamp": int(time.time() * 1000), "message": message or " "})
    over.set()
    flusher.join()
    flush()
