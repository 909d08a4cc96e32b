"""Webhooks: one POST to a stranger's server; any 2xx that can be read is a success, no redirect is followed."""

import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lipwire.adapters.http.connection import (
    Connection,
    Deadline,
    Dialer,
    Resolver,
    UnreachableError,
    request,
)
from lipwire.adapters.http.guard import UrlGuard
from lipwire.domain.webhooks import Answer
from lipwire.observability import logger

_DEADLINE_S: Final = 15.0
#: An answer stands once its head is read; its body is waited for no longer than this.
_BODY_S: Final = 2.0
_READ_LIMIT: Final = 64 * 1024
_EXCERPT: Final = 256

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r?\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(r"[0-9]{1,12}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[^\r\n]*\r?\n")


@dataclass(frozen=True, slots=True)
class _Head:
    """Status and headers (lower-case names) of an answer, and what of its body came with them."""

    status: int
    headers: Mapping[str, str]
    rest: bytes


class GuardedSender:
    """`HttpSender` on sockets of its own."""

    def __init__(
        self,
        guard: UrlGuard,
        *,
        deadline_s: float = _DEADLINE_S,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dialer = Dialer(guard, resolver=resolver, tls=tls)
        self._deadline_s = deadline_s

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """What came back within the deadline; blocked, refused, reset and unresolved look the same."""
        deadline = Deadline(self._deadline_s)
        try:
            answer = self._exchange(url, headers, body, deadline)
        except (OSError, UnreachableError) as exc:
            answer = Answer(error="timeout" if deadline.is_over else "unreachable")
            logger.info("webhook not answered", error=answer.error, reason=repr(exc))
        return answer.model_copy(update={"elapsed_ms": deadline.elapsed_ms})

    def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline
    ) -> Answer:
        destination = self._dialer.guard.destination(url)
        if destination is None:
            raise UnreachableError("this URL is not allowed")
        with self._dialer.connect(destination, deadline) as connection:
            connection.send(request("POST", destination, headers, body))
            return _read_answer(_Reader(connection))


class _Reader:
    """Reads at most `_READ_LIMIT` bytes, each within what is left."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._budget = _READ_LIMIT

    @property
    def is_full(self) -> bool:
        return self._budget == 0

    def read(self, deadline: Deadline | None = None) -> bytes:
        """Some bytes; none at the end of the stream or of the budget."""
        wanted = min(self._budget, 16384)
        found = self._connection.receive(wanted, deadline) if wanted else b""
        self._budget -= len(found)
        return found


def _read_answer(reader: _Reader) -> Answer:
    head = _read_head(reader, b"")
    while head.status < 200:
        head = _read_head(reader, head.rest)
    return Answer(
        status=head.status,
        retry_after=head.headers.get("retry-after"),
        directive=head.headers.get("webhook-delivery"),
        excerpt=_excerpt(_read_body(head, reader)),
    )


def _read_head(reader: _Reader, received: bytes) -> _Head:
    """A head as far as the budget reaches: too many headers don't take a 2xx back."""
    while not (end := _HEAD_END.search(received)):
        more = reader.read()
        if not more:
            break
        received += more
    status = _STATUS_LINE.match(received)
    if status is None or (end is None and not reader.is_full):
        raise UnreachableError("this is no HTTP answer")
    stop = end.start() if end else len(received)
    headers: dict[str, str] = {}
    for line in received[status.end() : stop].decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip()[:_EXCERPT])
    return _Head(int(status[1]), headers, received[end.end() :] if end else b"")


def _read_body(head: _Head, reader: _Reader) -> bytes:
    """What comes of the body before its end, the budget's or our patience's."""
    length = head.headers.get("content-length", "")
    wanted = int(length) if _LENGTH.fullmatch(length) else _READ_LIMIT
    if head.status in {204, 304}:
        wanted = 0
    received, patience = head.rest, Deadline(_BODY_S)
    with suppress(OSError):
        while len(received) < wanted and not received.endswith(b"0\r\n\r\n"):
            more = reader.read(patience)
            if not more:
                break
            received += more
    return _readable(head, received)


def _readable(head: _Head, body: bytes) -> bytes:
    """The body's own bytes: without the sizes of its chunks, and nothing of what is packed."""
    if head.headers.get("content-encoding", "identity").lower() != "identity":
        return b""
    if head.headers.get("transfer-encoding", "").lower() != "chunked":
        return body
    found = b""
    while (size := _CHUNK.match(body)) and len(found) < 4 * _EXCERPT:
        end = size.end() + int(size[1], 16)
        found += body[size.end() : end]
        body = body[end:].removeprefix(b"\r").removeprefix(b"\n")
    return found


def _excerpt(body: bytes) -> str:
    text = body[: 4 * _EXCERPT].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)[:_EXCERPT].strip()
