"""One connection to a stranger's server, made so that the stranger can neither aim it nor hold it.

The name is resolved once, every answer is judged, and the connection goes to a judged address, without proxy. Sockets never
block: each step waits for no longer than what is left of one deadline, so that a drip of bytes ends with it too. (No
Python client's `timeout` is a deadline: it begins anew with each byte.)
"""

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Self, TypeVar

from lipwire.adapters.http.guard import Destination, UrlGuard, literal_address

CONNECT_S: Final = 5.0
RESOLVE_S: Final = 3.0

Resolver = Callable[[str, int], Sequence[str]]
Address = IPv4Address | IPv6Address
_T = TypeVar("_T")


class UnreachableError(Exception):
    """No HTTP answer can come; the reason is for our log, not for the customer."""


class UnresolvedError(OSError):
    """The name server gave no answer this time; another time it may."""


class Deadline:
    """One moment by which all is over."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._seconds = seconds

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds since it was set."""
        return int((time.monotonic() - self._began) * 1000)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self._left() <= 0

    @property
    def remaining(self) -> float:
        """Seconds that are left, 0 when it is over."""
        return max(self._left(), 0.0)

    def left(self, at_most: float | None = None) -> float:
        """Seconds that may still be waited.

        Raises:
            TimeoutError: none.
        """
        left = self._left()
        if left <= 0:
            raise TimeoutError("deadline")
        return left if at_most is None else min(left, at_most)

    def sooner(self, seconds: float) -> "Deadline":
        """One at most that far away, and never later than this."""
        return Deadline(self.left(seconds))

    def _left(self) -> float:
        return self._began + self._seconds - time.monotonic()


class WatchedDeadline(Deadline):
    """A deadline that asks, every so many seconds that something waits for it, whether it should go on."""

    def __init__(self, seconds: float, *, check: Callable[[], object], every_s: float) -> None:
        super().__init__(seconds)
        self._check = check
        self._every_s = every_s
        self._checked = time.monotonic()

    def left(self, at_most: float | None = None) -> float:
        """Seconds that may be waited before this is asked again; raises what the check does, too."""
        now = time.monotonic()
        if now - self._checked >= self._every_s:
            self._checked = now
            self._check()
        left = super().left(at_most)
        return min(left, self._every_s) if at_most is None else left


class Connection:
    """A connected socket, TLS or plain; a context manager that closes it."""

    def __init__(self, stream: socket.socket, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def send(self, data: bytes) -> None:
        """All of it has been handed to the network.

        Raises:
            OSError: it can't be, or not in time.
        """
        rest = memoryview(data)
        while rest:
            part = partial(self._stream.send, rest[:65536])
            rest = rest[waited(self._stream, part, self._deadline, writes=True) :]

    def receive(self, limit: int, deadline: Deadline | None = None) -> bytes:
        """Some bytes; none once the other side has ended.

        Raises:
            OSError: the connection broke, or the (sooner) deadline is over.
        """
        until = self._deadline
        if deadline is not None and deadline.remaining < until.remaining:
            until = deadline
        return waited(self._stream, partial(self._stream.recv, limit), until)


def request(
    method: str, destination: Destination, fields: Mapping[str, str], body: bytes = b""
) -> bytes:
    """A whole request; its answer may not be compressed, since that could be a bomb."""
    lines = [
        f"{method} {destination.target} HTTP/1.1",
        f"host: {destination.authority}",
        *(f"{name}: {value}" for name, value in fields.items()),
        *([f"content-length: {len(body)}"] if method == "POST" else []),
        "accept: */*",
        "accept-encoding: identity",
        "connection: close",
    ]
    if any(set(line) & {"\r", "\n", "\0"} for line in lines):
        raise UnreachableError("a header holds the end of a line")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Dialer:
    """Makes guarded connections."""

    def __init__(
        self,
        guard: UrlGuard,
        *,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.guard = guard
        self._resolver = resolver or _system_resolver
        self._tls = tls or ssl.create_default_context()

    def connect(self, destination: Destination, deadline: Deadline) -> Connection:
        """A connection to a judged address of this destination.

        Raises:
            UnreachableError: the name does not resolve in time, or one of its addresses is not allowed.
            OSError: nobody answers there in time, or not with that name's certificate.
        """
        addresses = self._resolve(destination, deadline)
        stream = _connected(addresses, destination.port, deadline.sooner(CONNECT_S))
        try:
            if destination.is_tls:
                # The certificate must name the host of the URL, not the address. A stream that is cut off without
                # TLS saying so is an error, not an end.
                stream = self._tls.wrap_socket(
                    stream,
                    server_hostname=destination.host,
                    do_handshake_on_connect=False,
                    suppress_ragged_eofs=False,
                )
                waited(stream, stream.do_handshake, deadline)
        except BaseException:
            stream.close()
            raise
        return Connection(stream, deadline)

    def _resolve(self, destination: Destination, deadline: Deadline) -> list[Address]:
        """Every address of the host; one that is not allowed condemns them all."""
        literal = literal_address(destination.host)
        found = [literal] if literal else self._ask(destination, deadline)
        for address in found:
            if not self.guard.allows_address(address, is_tls=destination.is_tls):
                raise UnreachableError("an address of this host is not allowed")
        return found

    def _ask(self, destination: Destination, deadline: Deadline) -> list[Address]:
        # getaddrinfo has no timeout of its own: it is left behind in its thread.
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolver(destination.host, destination.port))
            except OSError as exc:
                answers.put(exc)
            except UnicodeError as exc:
                answers.put(OSError(str(exc)))

        threading.Thread(target=look_up, daemon=True).start()
        try:
            found = answers.get(timeout=deadline.left(RESOLVE_S))
        except queue.Empty as exc:
            raise UnresolvedError("the name was not resolved in time") from exc
        if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
            raise UnresolvedError("the name server is in trouble")
        if isinstance(found, OSError) or not found:
            raise UnreachableError("the name does not resolve")
        try:
            return [ip_address(address) for address in found]
        except ValueError as exc:
            raise UnreachableError("the name resolves to what is no address") from exc


def waited(
    stream: socket.socket, attempt: Callable[[], _T], deadline: Deadline, *, writes: bool = False
) -> _T:
    """What a non-blocking call gives once it can, the deadline being looked at before each try.

    Raises:
        TimeoutError: the deadline was over first.
    """
    while True:
        deadline.left()
        try:
            return attempt()
        except ssl.SSLWantReadError:
            event = select.POLLIN
        except ssl.SSLWantWriteError:
            event = select.POLLOUT
        except BlockingIOError:
            event = select.POLLOUT if writes else select.POLLIN
        poll = select.poll()
        poll.register(stream, event)
        poll.poll(deadline.left() * 1000)


def _system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _connected(addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
    """A non-blocking connection to the first address that takes one; a dead one leaves the others their share of time."""
    failure: OSError = OSError("no address")
    for number, address in enumerate(addresses):
        share = deadline.remaining / (len(addresses) - number)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        stream = socket.socket(family, socket.SOCK_STREAM)
        try:
            stream.setblocking(False)
            _connect(stream, (str(address), port), deadline.sooner(share))
        except OSError as exc:
            stream.close()
            failure = exc
        else:
            return stream
    raise failure


def _connect(stream: socket.socket, address: tuple[str, int], deadline: Deadline) -> None:
    """Raises OSError when nobody takes the connection in time."""
    try:
        stream.connect(address)
    except BlockingIOError:
        poll = select.poll()
        poll.register(stream, select.POLLOUT)
        if not poll.poll(deadline.left() * 1000):
            raise TimeoutError("connect") from None
        error = stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "connect") from None
