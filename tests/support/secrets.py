"""Secrets that must never be told, looked for in whatever the platform and its tests put out.

Three kinds: what is known by its form; what a test planted, which bears `MARK`; and what this run was given (keys, signing
secrets, upload URLs), known by its secret part in any of the spellings that a log may give it.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

#: Part of every secret that a test makes up: in URLs, headers, names, bodies.
MARK: Final = "planted-secret"

_IS: Final = r"(?:[\"'\\]*\s*[:=,]\s*[\[(]?b?[\"'\\]*|%3D)"
#: API keys, signing secrets, signatures of links that let their holder read or write, headers that let somebody in.
FORMS: Final = {
    "API key": re.compile(r"lw_(?:live|test)_[0-9A-Za-z]{10}_[0-9A-Za-z]{38}"),
    "signing secret": re.compile(r"whsec_[0-9A-Za-z+/]{32,}"),
    "signed link": re.compile(rf"(?i)X-Amz-Signature{_IS}[0-9a-f]{{64}}"),
    "session of a signed link": re.compile(rf"(?i)X-Amz-(?:Security-)?Token{_IS}[0-9A-Za-z+/=%]{{16,}}"),
    "link of CloudFront": re.compile(rf"(?i)(?<![a-z-])(?:Key-Pair-Id{_IS}[0-9A-Z]{{8,}}|(?:Signature|Policy){_IS}[0-9A-Za-z~_-]{{64,}})"),
    "header that lets in": re.compile(
        rf"(?i)authorization{_IS}(?:Bearer|Basic|Digest|AWS4-HMAC-SHA256)\s+[^\s\"'\\]{{8,}}"
    ),
    "key in a header": re.compile(rf"(?i)(?:x-api-key|xi-api-key|apikey|api_key){_IS}[0-9A-Za-z_.-]{{24,}}"),
    "secret access key": re.compile(rf"(?i)(?:aws_?)?secret_?access_?key{_IS}[0-9A-Za-z/+]{{16,}}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "planted secret": re.compile(re.escape(MARK)),
}  # fmt: skip

#: Parameters of signed links that are the secret in them.
_SIGNATURES: Final = {"X-Amz-Signature", "X-Amz-Security-Token", "Signature", "Policy"}
_LETTERS: Final = 12
_RUN: Final = re.compile(rf"[0-9A-Za-z]{{{_LETTERS},}}")


def found_in(text: str) -> list[str]:
    """Kinds of secrets in a text, known by their form, each with where it starts; never the secret itself."""
    found = [(kind, match.start()) for kind, form in FORMS.items() for match in form.finditer(text)]
    return [_told(kind, text, start) for kind, start in found]


class Known:
    """What this run was given: twelve letters of each secret part, in any of the spellings that a log may give it."""

    def __init__(self) -> None:
        self._beginnings: set[str] = set()

    def learn(self, answer: Any) -> None:
        """Every secret in what the platform answered to its owner.

        Of an API key the part that nobody may know, of a signing secret what follows its prefix, of a signed link its
        signature.
        """
        for value in strings_in(answer):
            cores = {match[0][-38:] for match in FORMS["API key"].finditer(value)}
            cores |= {match[0][6:] for match in FORMS["signing secret"].finditer(value)}
            if "://" in value:
                pairs = parse_qsl(urlsplit(value).query)
                cores |= {signature for name, signature in pairs if name in _SIGNATURES}
            for spelled in (spelled for core in cores for spelled in _spellings(core)):
                if run := _RUN.search(spelled):
                    self._beginnings.add(run[0][:_LETTERS])

    def found_in(self, text: str) -> list[str]:
        """Where a known secret stands in the text; never the secret itself."""
        return [
            _told("known secret", text, at)
            for run in _RUN.finditer(text)
            for at in range(run.start(), run.end() - _LETTERS + 1)
            if text[at : at + _LETTERS] in self._beginnings
        ]


def _spellings(core: str) -> Iterator[str]:
    yield from (core, core.encode().hex())
    for shift in range(3):
        # Where it stands within something longer decides which third of its base64 shows.
        inside = base64.b64encode(b"\0" * shift + core.encode()).decode()
        yield inside[4 : 4 * (len(inside) // 4 - 1)]
    with suppress(ValueError):
        yield base64.b64decode(core + "=" * (-len(core) % 4), validate=True).hex()


def _told(kind: str, text: str, start: int) -> str:
    return f"{kind} in: …{_harmless(text[max(0, start - 80) : start])}"


def _harmless(text: str) -> str:
    for form in FORMS.values():
        text = form.sub("…", text)
    return text


def strings_in(value: Any) -> Iterator[str]:
    """Every text anywhere in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_in(inner)
    elif isinstance(value, str):
        yield value


def links_in(value: Any) -> Iterator[str]:
    """Every URL anywhere in a JSON value."""
    return (text for text in strings_in(value) if "://" in text)


def told_on(aws: Callable[[str], Any], machines: Iterable[str]) -> Iterator[str]:
    """What lies where an operator looks: logs, executions, dead letters. `aws` gives a service's client."""
    lines = list(_logged(aws("logs")))
    assert lines, "functions that log nothing prove nothing"
    yield from lines
    yield from _carried(aws("stepfunctions"), machines)
    queues = aws("sqs").list_queues().get("QueueUrls", [])
    yield from _left_in(aws("sqs"), (url for url in queues if "DeadLetters" in url))


def _logged(logs: Any) -> Iterator[str]:
    """Every line that functions and jobs have logged."""
    groups: Iterable[Any] = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    for name in names:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
            for event in page["events"]:
                yield event["message"]


def _carried(executions: Any, machines: Iterable[str]) -> Iterator[str]:
    """What the executions of these state machines were given, gave and failed with."""
    for machine in machines:
        pages = executions.get_paginator("list_executions").paginate(stateMachineArn=machine)
        for one in (one for page in pages for one in page["executions"]):
            history = executions.get_execution_history(
                executionArn=one["executionArn"], maxResults=1000
            )
            yield json.dumps(history["events"], default=str)


def _left_in(sqs: Any, queues: Iterable[str]) -> Iterator[str]:
    """Messages that lie in queues, such as those of dead letters; they stay there."""
    for url in queues:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield from (message["Body"] for message in found.get("Messages", []))
