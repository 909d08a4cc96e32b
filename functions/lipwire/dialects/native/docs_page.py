"""The OpenAPI document as one self-contained page: no script, nothing fetched from elsewhere."""

import re
from html import escape
from typing import Any, Final

from lipwire.domain import errors
from lipwire.domain.errors import STATUS, LipwireError

_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#3b6ef6}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:2rem 1.2rem 6rem}
h1{margin:0}h2{margin:2.4rem 0 .6rem;text-transform:capitalize}
code,pre{font:.88rem/1.5 ui-monospace,Menlo,Consolas,monospace}
pre{background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:.8rem;overflow:auto}
details{border:1px solid var(--line);border-radius:10px;margin:.5rem 0;padding:0 .9rem}
summary{cursor:pointer;padding:.6rem 0;display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}
summary span{opacity:.75}
.m{font:700 .75rem ui-monospace,monospace;border-radius:5px;padding:.15rem .5rem;color:#fff;min-width:4rem;text-align:center}
.get{background:#2a7d4f}.post{background:#3b6ef6}.delete{background:#b3372f}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem;font-size:.93rem}
td,th{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}
a{color:var(--accent)}
"""


def docs_page(document: dict[str, Any]) -> str:
    """The whole API on one page, errors included."""
    schemas = document["components"]["schemas"]
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(
                _operation(method, path, operation, schemas)
            )
    body = "".join(
        f"<h2>{escape(tag.replace('-', ' '))}</h2>{''.join(rows)}" for tag, rows in groups.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Lipwire API</title><style>{_STYLE}</style>"
        f"<h1>Lipwire API</h1><p>Version {escape(document['info']['version'])} · "
        '<a href="/openapi.json">openapi.json</a> · send your key as '
        "<code>Authorization: Bearer lw_live_…</code> or <code>X-Api-Key</code>.</p>"
        f"{body}<h2>Errors</h2>{_errors()}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [_parameters(operation.get("parameters", []))]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append(f"<h4>Body</h4>{_model(schema, schemas)}")
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json", {}).get("schema")
        if content and "$ref" in content:
            parts.append(f"<h4>{status}</h4>{_model(content, schemas)}")
    statuses = ", ".join(operation["responses"])
    parts.append(f"<p>Answers: {escape(statuses)}</p>")
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<b class="m {method}">{method.upper()}</b><code>{escape(path)}</code>'
        f"<span>{_prose(operation['summary'])}</span></summary>{''.join(parts)}</details>"
    )


def _prose(text: str) -> str:
    """Text with its `code` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one['in'])}"
        f"<td>{escape(_type_of(one['schema']))}<td>{_prose(one['schema'].get('description', ''))}"
        for one in parameters
    )
    return f"<table><tr><th>Parameter<th>in<th>type<th>{rows}</table>"


def _model(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> str:
    model = schemas[schema["$ref"].rsplit("/", 1)[1]]
    required = set(model.get("required", []))
    rows = []
    for name, field in model.get("properties", {}).items():
        note = "" if name in required else "optional"
        rows.append(
            f"<tr><td><code>{escape(name)}</code><td>{escape(_type_of(field))}<td>{note}"
            f"<td>{_prose(field.get('description', ''))}{_nested(field, schemas, depth)}"
        )
    return f"<p>{escape(model.get('description', ''))}</p><table>{''.join(rows)}</table>"


def _nested(field: dict[str, Any], schemas: dict[str, Any], depth: int) -> str:
    options = [field, field.get("items", {}), *field.get("anyOf", [])]
    refs = [option for option in options if "$ref" in option]
    return "".join(_model(ref, schemas, depth + 1) for ref in refs) if depth < 3 else ""


def _type_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type_of(option) for option in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    kind = str(schema.get("type", "any"))
    return f"{kind} of {_type_of(schema['items'])}" if "items" in schema else kind


def _errors() -> str:
    rows = "".join(
        f'<tr id="{escape(error.code)}"><td><code>{escape(error.code)}</code><td>{STATUS[error.kind]}'
        f"<td>{_prose(f'{error.title} {error.mend}')}"
        for error in sorted(_leaves(), key=lambda error: error.code)
    )
    return f"<table><tr><th>code<th>status<th>meaning{rows}</table>"


def _leaves() -> list[type[LipwireError]]:
    return [
        found
        for found in vars(errors).values()
        if isinstance(found, type)
        and issubclass(found, LipwireError)
        and found not in {LipwireError, errors.RejectedMediaError}
    ]
