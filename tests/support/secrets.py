"""Secrets that must never be told: known by their form, looked for in whatever the platform and its tests put out."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

#: API keys, signing secrets, and signatures of links that let their holder read or write.
FORMS: Final = {
    "API key": re.compile(r"lw_(?:live|test)_[0-9A-Za-z]{10}_[0-9A-Za-z]{38}"),
    "signing secret": re.compile(r"whsec_[0-9A-Za-z+/]{32,}"),
    "signed link": re.compile(r"X-Amz-Signature=[0-9a-f]{64}"),
}


def found_in(text: str) -> list[str]:
    """Kinds of secrets in a text, each with where it starts; never the secret itself."""
    return [
        f"{kind} in: …{text[max(0, match.start() - 80) : match.start()]}"
        for kind, form in FORMS.items()
        for match in form.finditer(text)
    ]


def links_in(value: Any) -> Iterator[str]:
    """Every URL anywhere in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from links_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from links_in(inner)
    elif isinstance(value, str) and "://" in value:
        yield value


def told_by(logs: Any) -> Iterator[str]:
    """Every line that functions and jobs have logged; `logs` is a CloudWatch Logs client."""
    groups: Iterable[Any] = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    for name in names:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
            for event in page["events"]:
                yield event["message"]
