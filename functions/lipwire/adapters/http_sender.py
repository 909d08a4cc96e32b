"""One POST to a stranger's server, made so that the stranger can neither aim it nor hold it.

The name is resolved once, every answer is judged, and the connection goes to a judged address; no proxy, no redirect. One
deadline covers all of it: no Python client's `timeout` does, so each read gets what is left of it and a watchdog ends
what reads can't bound.
"""

import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from lipwire.adapters.url_guard import Destination, UrlGuard, literal_address
from lipwire.domain.webhooks import Answer
from lipwire.observability import logger

_DEADLINE_S: Final = 15.0
_CONNECT_S: Final = 5.0
_RESOLVE_S: Final = 3.0
#: An answer stands once its head is read; its body is waited for no longer than this.
_BODY_S: Final = 2.0
_READ_LIMIT: Final = 64 * 1024
_EXCERPT: Final = 256

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r?\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(r"[0-9]{1,12}")

Resolver = Callable[[str, int], Sequence[str]]


class UnreachableError(Exception):
    """No HTTP answer can come; the reason is for our log, not for the customer."""


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
        self._guard = guard
        self._deadline_s = deadline_s
        self._resolver = resolver or _system_resolver
        self._tls = tls or ssl.create_default_context()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """What came back within the deadline; blocked, refused, reset and unresolved look the same."""
        deadline = _Deadline(self._deadline_s)
        try:
            answer = self._exchange(url, headers, body, deadline)
        except (OSError, UnreachableError) as exc:
            answer = Answer(error="timeout" if deadline.is_over else "unreachable")
            logger.info("webhook not answered", error=answer.error, reason=repr(exc))
        return answer.model_copy(update={"elapsed_ms": deadline.elapsed_ms})

    def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, deadline: "_Deadline"
    ) -> Answer:
        destination = self._guard.destination(url)
        if destination is None:
            raise UnreachableError("this URL is not allowed")
        addresses = self._resolve(destination, deadline)
        plain = _connect(addresses, destination.port, deadline)
        with closing(plain), _watchdog(plain, deadline):
            stream = self._secure(plain, destination, deadline)
            with closing(stream):
                stream.settimeout(deadline.left())
                stream.sendall(_request(destination, headers, body))
                return _read_answer(_Reader(stream, deadline))

    def _resolve(
        self, destination: Destination, deadline: "_Deadline"
    ) -> list[IPv4Address | IPv6Address]:
        """Every address of the host; one that is not allowed condemns them all."""
        literal = literal_address(destination.host)
        found = [literal] if literal else self._ask(destination, deadline)
        for address in found:
            if not self._guard.allows_address(address, is_tls=destination.is_tls):
                raise UnreachableError("an address of this host is not allowed")
        return found

    def _ask(
        self, destination: Destination, deadline: "_Deadline"
    ) -> list[IPv4Address | IPv6Address]:
        # getaddrinfo has no timeout of its own: it is left behind in its thread.
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolver(destination.host, destination.port))
            except (OSError, UnicodeError) as exc:
                answers.put(OSError(str(exc)))

        threading.Thread(target=look_up, daemon=True).start()
        try:
            found = answers.get(timeout=deadline.left(_RESOLVE_S))
        except queue.Empty as exc:
            raise UnreachableError("the name was not resolved in time") from exc
        if isinstance(found, OSError) or not found:
            raise UnreachableError("the name does not resolve")
        return [ip_address(address) for address in found]

    def _secure(
        self, plain: socket.socket, destination: Destination, deadline: "_Deadline"
    ) -> socket.socket:
        if not destination.is_tls:
            return plain
        plain.settimeout(deadline.left())
        # The certificate must name the host of the URL, not the address.
        return self._tls.wrap_socket(plain, server_hostname=destination.host)


class _Deadline:
    """One moment by which all is over."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._seconds = seconds

    @property
    def elapsed_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    @property
    def is_over(self) -> bool:
        return self._left() <= 0

    def left(self, at_most: float | None = None) -> float:
        """Seconds that may still be waited.

        Raises:
            TimeoutError: none.
        """
        left = self._left()
        if left <= 0:
            raise TimeoutError("deadline")
        return left if at_most is None else min(left, at_most)

    def _left(self) -> float:
        return self._began + self._seconds - time.monotonic()


class _Reader:
    """Reads at most `_READ_LIMIT` bytes, each within what is left."""

    def __init__(self, stream: socket.socket, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._budget = _READ_LIMIT

    @property
    def is_full(self) -> bool:
        return self._budget == 0

    def read(self, deadline: _Deadline | None = None) -> bytes:
        """Some bytes; none at the end of the stream or of the budget."""
        self._stream.settimeout(min(self._deadline.left(), (deadline or self._deadline).left()))
        found = self._stream.recv(min(self._budget, 16384)) if self._budget else b""
        self._budget -= len(found)
        return found


def _system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _connect(
    addresses: Sequence[IPv4Address | IPv6Address], port: int, deadline: _Deadline
) -> socket.socket:
    """A connection to the first address that takes one."""
    connecting = _Deadline(deadline.left(_CONNECT_S))
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=connecting.left())
        except OSError as exc:
            failure = exc
    raise failure


@contextmanager
def _watchdog(connection: socket.socket, deadline: _Deadline) -> Iterator[None]:
    """The connection is shut down at the deadline, whatever it is being used for (a TLS handshake that drips)."""
    # A duplicate, so that the connection's own object, or the TLS one it becomes, is touched by one thread only.
    handle = connection.dup()

    def shut_down() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline.left(), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _request(destination: Destination, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {destination.target} HTTP/1.1",
        f"host: {destination.authority}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"content-length: {len(body)}",
        "accept: */*",
        # A compressed answer could be a bomb, and we have no use for one.
        "accept-encoding: identity",
        "connection: close",
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


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
    received, patience = head.rest, _Deadline(_BODY_S)
    with suppress(OSError):
        while len(received) < wanted and not received.endswith(b"0\r\n\r\n"):
            more = reader.read(patience)
            if not more:
                break
            received += more
    return received


def _excerpt(body: bytes) -> str:
    text = body[: 4 * _EXCERPT].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)[:_EXCERPT].strip()
