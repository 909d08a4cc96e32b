"""Fetches from servers on loopback."""

import time
from collections.abc import Callable
from typing import Any

from lipwire.adapters.http.fetcher import GuardedFetcher
from lipwire.adapters.http.guard import UrlGuard
from tests.support.strangers import Serve, serving

PUBLIC = "93.184.215.14"
LIMIT = 4 * 2**20


class Sink:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data

    def restart(self) -> None:
        self.data.clear()


class Hole:
    """Counts what is written and keeps none of it."""

    count = 0

    def write(self, data: bytes) -> None:
        self.count += len(data)

    def restart(self) -> None:
        self.count = 0


def a_fetcher(deadline_s: float = 10, **changes) -> GuardedFetcher:
    """A fetcher of the local stage."""
    settings: dict[str, Any] = {"deadline_s": deadline_s, "pause_s": 0.02, **changes}
    return GuardedFetcher(UrlGuard(loopback=True), **settings)


def fetched(serve: Serve, *, path: str = "/a.mp4", max_bytes: int = LIMIT, deadline_s: float = 10):
    """What arrives from such a server."""
    sink = Sink()
    with serving(serve) as port:
        url = f"http://127.0.0.1:{port}{path}"
        a_fetcher(deadline_s).fetch(url, sink, max_bytes=max_bytes)
    return bytes(sink.data)


def seconds(attempt: Callable[[], object], *, most: float) -> float:
    """How long this takes: the first time that it takes no more than `most`, or else the last of three.

    A machine that does much else holds up whoever waits; what doesn't end by itself ends late every time.
    """
    took = 0.0
    for _ in range(3):
        began = time.monotonic()
        attempt()
        took = time.monotonic() - began
        if took <= most:
            break
    return took


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    """The head of an answer."""
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"", b""])


def chunked(body: bytes, size: int) -> bytes:
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\nx-sum: 1\r\n\r\n"
