"""Messages as functions get them."""

import json
from pathlib import Path
from typing import Any

from events import generate
from lipwire.domain.events import EventData, parse

HERE = generate.HERE
AWS = HERE / "aws"


def sample(event: type[EventData], name: str) -> dict[str, Any]:
    """One of an event's samples."""
    return load(HERE / generate.folder_of(event) / f"{name}.json")


def load(path: Path) -> dict[str, Any]:
    """A JSON file."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def on_bus(detail: dict[str, Any]) -> dict[str, Any]:
    """A detail as EventBridge hands it on."""
    event = parse(detail)
    return {"source": event.source, "detail-type": event.metadata.type, "detail": detail}


def in_queue(*bodies: object) -> dict[str, Any]:
    """Messages as SQS hands them to a function."""
    record = load(AWS / "sqs_eventbridge_job_succeeded.json")["Records"][0]
    return {
        "Records": [
            record | {"messageId": f"m-{number}", "body": json.dumps(body)}
            for number, body in enumerate(bodies)
        ]
    }


class Context:
    """Lambda's context, as far as the logger reads it."""

    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "test"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000
