"""`make events`: every event's schema, and the catalogue, from the classes and the code that uses them.

The samples beside each schema are written by hand; `tests/contract/test_events.py` holds all of it together.
"""

import ast
import importlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from lipwire.domain.events import EVENTS, EventData, Metadata
from lipwire.domain.webhooks import WEBHOOK_TYPES
from lipwire.function_specs import ConsumerSpec

HERE: Final = Path(__file__).resolve().parent
FUNCTIONS: Final = HERE.parent / "functions"


def folder_of(event: type[EventData]) -> str:
    """The folder of one version of one event: `jobs/job_succeeded.v1`."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", event.type).lower()
    return f"{event.context}/{snake}.v{event.version}"


def schema_of(event: type[EventData]) -> dict[str, Any]:
    """The event's detail as subscribers may rely on it: open, since a version may gain optional fields."""
    metadata, data = Metadata.model_json_schema(), event.model_json_schema()
    for part in (metadata, data):
        for noise in ("title", "description", "additionalProperties"):
            part.pop(noise, None)
        for field in part["properties"].values():
            field.pop("title", None)
    metadata["properties"]["type"] = {"const": event.type}
    metadata["properties"]["version"] = {"const": event.version}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:lipwire:events:{folder_of(event).replace('/', ':')}",
        "title": event.type,
        "description": _meaning(event),
        "type": "object",
        "required": ["metadata", "data"],
        "properties": {"metadata": metadata, "data": data},
    }


def publishers_of(event: type[EventData]) -> list[str]:
    """The modules of `lipwire` that make this event."""
    return sorted(module for module, calls in _calls().items() if event.__name__ in calls)


@cache
def _calls() -> dict[str, set[str]]:
    """The names that each module of `lipwire` calls."""
    return {
        ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts): {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for path in (FUNCTIONS / "lipwire").rglob("*.py")
    }


def consumers() -> dict[str, ConsumerSpec]:
    """Every consumer by its folder's name."""
    names = sorted(path.parent.name for path in (FUNCTIONS / "consumers").glob("*/spec.py"))
    return {name: importlib.import_module(f"consumers.{name}.spec").CONSUMER for name in names}


def catalogue() -> str:
    """`events/README.md`."""
    lines = [
        "# Events",
        "",
        "Every fact Lipwire publishes on its EventBridge bus. Made by `make events`; don't edit.",
        "",
        "`source` is `lipwire.<context>`, `detail-type` is the event's name, `detail` has the two keys `metadata` and",
        "`data`. An event can come twice and out of order: key on `metadata.id`. Within a version only optional",
        "fields are added: ignore what you don't know. Each folder has the version's `schema.json`, a `full.json` with",
        "every field and a `minimal.json` with the required ones. `aws/` holds what AWS sends us, for tests.",
        "",
        "| event | source | says | data | told by | heard by | webhook |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    heard = consumers()
    for event in sorted(EVENTS.values(), key=folder_of):
        listeners = [f"`{name}`" for name, spec in heard.items() if event.type in spec.events]
        webhook = WEBHOOK_TYPES.get(event)
        cells = (
            f"[{event.type}]({folder_of(event)}/) v{event.version}",
            f"`lipwire.{event.context}`",
            _meaning(event),
            ", ".join(f"`{name}`" for name in event.model_fields),
            ", ".join(f"`{name}`" for name in publishers_of(event)),
            ", ".join(listeners) or "-",
            f"`{webhook}`" if webhook else "-",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def files() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    schemas = {
        HERE / folder_of(event) / "schema.json": json.dumps(schema_of(event), indent=2) + "\n"
        for event in EVENTS.values()
    }
    return {**schemas, HERE / "README.md": catalogue()}


def main() -> None:
    """Write them all."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _meaning(event: type[EventData]) -> str:
    return (event.__doc__ or "").strip()


if __name__ == "__main__":
    main()
