"""OpenAPI documents of the vendors' wire formats, from what their coverage tables are made of: docs/openapi/<name>.json.

Requests are the dialect's wire models; statuses and answers are those of its golden cases, and of the errors that any
such route can meet. `python -m tests.support.dialect_openapi --write` brings them all up to date.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from lipwire import __version__, dialects
from lipwire.dialects.base import CREATES, PUBLIC, Dialect, Operation, Route, WireRequest
from lipwire.domain import errors
from lipwire.domain.errors import LipwireError
from tests.support.goldens import Golden, forms, goldens, requests, view_of

ROOT: Final = Path(__file__).resolve().parents[2]
_FORM: Final = "multipart/form-data"
_REF: Final = "#/components/schemas/{model}"
#: What every route with a key can meet, and every one; the idempotency key's own errors; a body's; a path's.
_OF_KEYS: Final = (errors.UnauthenticatedError, errors.MissingScopeError)
_ALWAYS: Final = (
    errors.RateLimitedError,
    errors.InternalError,
    errors.BusyError,
)
_KEYED: Final = (
    errors.InvalidIdempotencyKeyError,
    errors.IdempotencyInProgressError,
    errors.IdempotencyKeyReusedError,
)
_OF_BODIES: Final = (errors.InvalidRequestError, errors.BodyTooLargeError)
_MALFORMED: Final = errors.InvalidRequestError("The body is not valid JSON.")
_OF_PATHS: Final = (errors.JobNotFoundError,)
#: Some vendors answer otherwise where it is an asset that is unknown.
_UNKNOWN_ASSET: Final = errors.InvalidRequestError(
    errors=[{"field": "source.asset_id", "message": "no such asset"}]
)
_OF_JOBS: Final = (
    errors.InsufficientCreditsError,
    errors.TooManyActiveJobsError,
    errors.ConcurrentChangeError,
)
_OF_OPERATIONS: Final[dict[Operation, tuple[type[LipwireError], ...]]] = {
    Operation.CREATE_JOB: _OF_JOBS,
    Operation.CREATE_BATCH: _OF_JOBS,
    Operation.CREATE_SPEECH: (errors.InsufficientCreditsError, errors.ConcurrentChangeError),
    Operation.COMPLETE_UPLOAD: (errors.UploadIncompleteError, errors.AssetNotFoundError),
    Operation.DELETE_JOB: (errors.JobRunningError,),
    Operation.CANCEL_JOB: (errors.JobFinishedError,),
}
#: Objects by the set of their names.
Alike = Mapping[frozenset[str], list[dict[str, Any]]]

#: What has fewer names is no thing but an envelope of things.
_THING: Final = 4

_TYPES: Final = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (type(None), "null"),
)


def document(name: str) -> Path:
    """Where a dialect's document lies."""
    return ROOT / "docs" / "openapi" / f"{name}.json"


def made(name: str) -> dict[str, Any]:
    """A dialect's document."""
    dialect = dialects.load(name)
    alike = _alike(name)
    paths: dict[str, dict[str, Any]] = {}
    for route in dialect.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(dialect, route, alike)
    responses = _shared(paths)
    taken = {*requests(name).values(), *forms(name).values()}
    models = sorted(taken, key=lambda model: model.__name__)
    modes = [(model, "validation") for model in models]
    _, schema = models_json_schema(modes, ref_template=_REF)  # type: ignore[arg-type]  # literals in a list
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Lipwire's dialect {name}",
            "version": __version__,
            "description": f"What is done and what is refused: docs/dialects/{name}.md.",
        },
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": schema.get("$defs", {}),
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _shared(paths: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What several routes answer alike, taken out of them and named after its status."""
    operations = [operation for methods in paths.values() for operation in methods.values()]
    said = [(s, r) for operation in operations for s, r in operation["responses"].items()]
    names: dict[str, str] = {}
    shared: dict[str, Any] = {}
    for status, response in said:
        text = json.dumps([status, response])
        if text not in names and sum(one == (status, response) for one in said) > 1:
            names[text] = f"Answer{status}" + "b" * sum(
                n.startswith(f"Answer{status}") for n in shared
            )
            shared[names[text]] = response
    for operation in operations:
        for status, response in operation["responses"].items():
            name = names.get(json.dumps([status, response]))
            if name is not None:
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def text_of(name: str) -> str:
    """The document as it is written."""
    return json.dumps(made(name), indent=1, ensure_ascii=False) + "\n"


def _operation(dialect: Dialect, route: Route, alike: Alike) -> dict[str, Any]:
    mine = [one for one in goldens(dialect.name) if one.route == route]
    answers: dict[int, list[Any]] = {}
    for status, body in (*_told(mine), *_refused(dialect, route)):
        answers.setdefault(status, []).append(body)
    described: dict[str, Any] = {
        "operationId": f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', route.path.lower())}",
        "summary": (route.decode.__doc__ or route.operation.value).strip().splitlines()[0],
        "parameters": list(_parameters(dialect, route, mine)),
        "responses": {
            str(status): _response(answers[status], alike, _media_type(mine, status))
            for status in sorted(answers)
        },
    }
    if route.operation in PUBLIC:
        described["security"] = []
    name = f"{route.method} {route.path}"
    model = requests(dialect.name).get(name)
    if model is not None and route.method != "GET":
        models = {"application/json": model, _FORM: forms(dialect.name).get(name, model)}
        sent = sorted({_sent_as(one) for one in mine if "command" in one.values})
        content = {
            kind: {"schema": {"$ref": _REF.format(model=models[kind].__name__)}} for kind in sent
        }
        described["requestBody"] = {"required": True, "content": content}
    return described


def _media_type(cases: list[Golden], status: int) -> str:
    """Of the answers with this status."""
    for case in cases:
        if "view" in case.values and case.values.get("answer", {}).get("status") == status:
            answer = case.route.encode(view_of(case.values["view"]))
            return answer.content_type.partition(";")[0]
    return "application/json"


def _sent_as(case: Golden) -> str:
    return _FORM if "form" in case.values["request"] else "application/json"


def _told(cases: Iterable[Golden]) -> Iterator[tuple[int, Any]]:
    for case in cases:
        if "answer" in case.values:
            yield case.values["answer"]["status"], case.values["answer"]["body"]


def _refused(dialect: Dialect, route: Route) -> Iterator[tuple[int, Any]]:
    request = WireRequest(method=route.method, path=route.path, request_id="r-1")
    possible: list[LipwireError] = [leaf() for leaf in _possible(dialect, route)]
    if _has_body(dialect, route):
        possible.append(_MALFORMED)
        possible.append(errors.InvalidRequestError(errors=[{"field": "x", "message": "y"}]))
    if route.operation in {Operation.CREATE_JOB, Operation.ESTIMATE_JOB}:
        possible.append(_UNKNOWN_ASSET)
    for error in possible:
        answer = dialect.encode_error(error, request)
        yield answer.status, json.loads(answer.body)


def _has_body(dialect: Dialect, route: Route) -> bool:
    known = requests(dialect.name)
    return route.method != "GET" and f"{route.method} {route.path}" in known


def _possible(dialect: Dialect, route: Route) -> Iterator[type[LipwireError]]:
    yield from _ALWAYS
    yield from () if route.operation in PUBLIC else _OF_KEYS
    yield from _OF_OPERATIONS.get(route.operation, ())
    if route.operation in CREATES:
        yield from _KEYED
    if _has_body(dialect, route):
        yield from _OF_BODIES
    if "{" in route.path:
        yield from _OF_PATHS


def _parameters(dialect: Dialect, route: Route, cases: list[Golden]) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    asked = {name for one in cases for name in one.values.get("request", {}).get("query", {})}
    known = requests(dialect.name).get(f"{route.method} {route.path}")
    if route.method == "GET" and known is not None:
        typed = known.model_json_schema(ref_template=_REF)
        found, needed = typed["properties"], typed.get("required", ())
    else:
        found, needed = {key: {"type": "string"} for key in asked}, ()
    for name in sorted(found):
        schema = _without_null(found[name])
        # Items of a list stand with commas between.
        how = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
        required = name in needed
        yield {"name": name, "in": "query", "required": required, **how, "schema": schema}
    if route.operation in CREATES:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,128}$"}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What a URL can say of it: that it is nothing is said by leaving it out."""
    rest = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return kept | rest[0] if len(rest) == 1 else schema


def _response(bodies: list[Any], alike: Alike, media_type: str) -> dict[str, Any]:
    if media_type.endswith("ndjson"):
        line = schema_of([body for body in bodies if body is not None], alike)
        lines = {"type": "string", "contentMediaType": "application/json", "contentSchema": line}
        return {
            "description": "A line of JSON for each.",
            "content": {media_type: {"schema": lines}},
        }
    if all(body is None for body in bodies):
        return {"description": "Done; nothing is left to say."}
    content = {media_type: {"schema": schema_of(bodies, alike)}}
    return {"description": "As the golden cases show it.", "content": content}


def _alike(name: str) -> Alike:
    """Every object of a dialect's golden answers, by its names: a thing that several routes show looks alike in all."""
    found: dict[frozenset[str], list[dict[str, Any]]] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict) and len(value) >= _THING:
            found.setdefault(frozenset(value), []).append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                collect(inner)

    for case in goldens(name):
        body = (case.values.get("answer") or {}).get("body")
        if isinstance(body, dict | list):
            collect(body)
    return found


def schema_of(values: list[Any], alike: Alike) -> dict[str, Any]:
    """The narrowest JSON schema, of types and required names, that all of these values have, and all that are like them."""
    kinds = {name for value in values for kind, name in _TYPES if type(value) is kind}
    if "number" in kinds:
        kinds.discard("integer")
    schema: dict[str, Any] = {}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        kinds.add("object")
        shapes = dict.fromkeys(frozenset(one) for one in objects)
        objects = [*objects, *(one for shape in shapes for one in alike.get(shape, ()))]
        names = list(dict.fromkeys(name for one in objects for name in one))
        schema["properties"] = {
            name: schema_of([one[name] for one in objects if name in one], alike) for name in names
        }
        schema["required"] = [name for name in names if all(name in one for one in objects)]
    lists = [value for value in values if isinstance(value, list)]
    if lists:
        kinds.add("array")
        items = [item for one in lists for item in one]
        if items:
            schema["items"] = schema_of(items, alike)
    found = sorted(kinds)
    return {"type": found[0] if len(found) == 1 else found, **schema}


def main() -> int:
    """Print every document that is out of date, or bring them up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the documents up to date")
    write = parser.parse_args().write
    for name in dialects.names():
        if name == "native":
            continue
        path, text = document(name), text_of(name)
        if write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
