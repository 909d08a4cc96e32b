"""Web pages, read in whole for whoever looks for media on them; within one allowance of time, requests and bytes."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lipwire.adapters.http.answers import Answer, AnswerError
from lipwire.adapters.http.connection import Deadline, Dialer, Resolver, UnreachableError, request
from lipwire.adapters.http.fetcher import REDIRECTING, redirected
from lipwire.adapters.http.guard import UrlGuard

_DEADLINE_S: Final = 45.0
_REQUESTS: Final = 40
_BYTES: Final = 16 * 1024 * 1024
_REDIRECTS: Final = 3
#: Of an answer that is no text only the beginning is read: enough to tell what it is.
_BEGINNING: Final = 64 * 1024
_TEXTS: Final = ("text/", "json", "xml", "javascript", "mpegurl")
#: What identifies somebody, and what `request` says itself.
_LEFT_OUT: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "referer", "host", "connection", "content-length", "transfer-encoding",
     "accept", "accept-encoding", "te", "upgrade", "expect"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What a server answered, and where, after its redirects."""

    url: str
    status: int
    fields: Mapping[str, str]
    body: bytes


class GuardedReader:
    """Every request goes where the guard lets it, as webhooks and media do."""

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
        self._deadline: Deadline | None = None
        self._requests, self._bytes = _REQUESTS, _BYTES

    def read(
        self, method: str, url: str, fields: Mapping[str, str], body: bytes = b""
    ) -> WebAnswer:
        """What is answered; without credentials, cookies or a referrer, whatever the fields hold.

        Raises:
            UnreachableError: a URL that is not allowed, the last redirect included; or the allowance is spent.
            AnswerError: an answer that is not read.
            OSError: no answer, or not in time.
        """
        kept = {name: value for name, value in fields.items() if name.lower() not in _LEFT_OUT}
        # Loading what looks for media takes a while at its first page, and is none of the page's time.
        self._deadline = deadline = self._deadline or Deadline(self._deadline_s)
        was_tls = False
        for _ in range(_REDIRECTS + 1):
            destination = self._dialer.guard.destination(url)
            if destination is None or (was_tls and not destination.is_tls):
                raise UnreachableError("this URL is not allowed")
            self._requests -= 1
            if self._requests < 0:
                raise UnreachableError("the page asks for too many others")
            with self._dialer.connect(destination, deadline) as connection:
                connection.send(request(method, destination, kept, body))
                answer = Answer(connection.receive)
                if answer.head.status not in REDIRECTING:
                    found = b"" if method == "HEAD" else self._body(answer)
                    return WebAnswer(url, answer.head.status, answer.head.fields, found)
            if method == "POST":
                raise AnswerError("it redirects what was posted")
            url, was_tls = (
                redirected(url, answer.head.fields.get("location", "")),
                destination.is_tls,
            )
        raise AnswerError("it redirects more than three times")

    def _body(self, answer: Answer) -> bytes:
        kind = answer.head.fields.get("content-type", "text/").lower()
        is_text = any(text in kind for text in _TEXTS)
        found = b""
        for piece in answer.body():
            found += piece
            self._bytes -= len(piece)
            if self._bytes < 0:
                raise UnreachableError("the page and what it asks for are too long")
            if not is_text and len(found) >= _BEGINNING:
                break
        return found
