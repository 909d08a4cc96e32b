"""“Batch Job State Change” events, in order, onto the default bus."""

import copy
import json
import logging
import queue
import threading
from functools import cache
from typing import Any

from infra.local.emulator.patch import core, service

log = logging.getLogger("batch")


def publish(job: dict[str, Any]) -> None:
    """Put the job's present state on the bus, from a thread of its own."""
    _publisher().put(copy.deepcopy(job))


@cache
def _publisher() -> "queue.SimpleQueue[dict[str, Any]]":
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def publish_all() -> None:
        while True:
            _put(waiting.get())

    threading.Thread(target=publish_all, name="batch-events", daemon=True).start()
    return waiting


def _put(job: dict[str, Any]) -> None:
    _, _, _, region, account, _ = job["jobArn"].split(":", 5)
    entry = {
        "Source": "aws.batch",
        "DetailType": "Batch Job State Change",
        "Detail": json.dumps(job),
        "Resources": [job["jobArn"]],
    }
    with core("responses").request_scope(account, region):
        status, _headers, body = service("eventbridge")._put_events(
            {"Entries": [entry]}, allow_aws_source=True
        )
    if status >= 400:
        log.error("event refused: %s", body)
