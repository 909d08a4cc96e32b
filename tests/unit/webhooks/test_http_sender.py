"""The sender against receivers that misbehave, on real loopback sockets."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lipwire.adapters.http_sender import GuardedSender
from lipwire.adapters.url_guard import UrlGuard

Serve = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextlib.contextmanager
def receiver(serve: Serve) -> Iterator[str]:
    """A server that reads one request per connection and lets `serve` answer it; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    serve(connection, read_request(connection))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook?a=1"
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        listener.close()
        thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    connection.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(answer: bytes) -> Serve:
    """A receiver that says just this."""
    return lambda connection, _request: connection.sendall(answer)


def a_sender(deadline_s: float = 0.6, **changes: object) -> GuardedSender:
    """A sender of the local stage, in a hurry."""
    return GuardedSender(UrlGuard(loopback=True), deadline_s=deadline_s, **changes)  # type: ignore[arg-type]


def post(serve: Serve, *, body: bytes = b"{}", sender: GuardedSender | None = None):
    """The answer of such a receiver."""
    with receiver(serve) as url:
        return (sender or a_sender()).post(url, headers={"webhook-id": "evt_1"}, body=body)


def test_the_bytes_given_are_the_bytes_sent():
    """Signed bytes = sent bytes; headers and target as they were."""
    seen: list[bytes] = []
    body = '{"name":"Zoë 🎬","n":1.5}'.encode() + b"x" * 300_000

    def serve(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(OK)

    answer = post(serve, body=body)
    head, _, sent = seen[0].partition(b"\r\n\r\n")
    assert (answer.status, answer.error, answer.excerpt) == (200, None, "ok")
    assert sent == body
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"webhook-id: evt_1" in head
    assert b"accept-encoding: identity" in head


@pytest.mark.parametrize("status", [200, 204, 299, 302, 404, 410, 429, 500, 503])
def test_the_status_is_told(status):
    """As it is, and a redirect is not followed."""
    location = b"location: http://169.254.169.254/\r\n"
    answer = post(says(b"HTTP/1.1 %d X\r\n%scontent-length: 0\r\n\r\n" % (status, location)))
    assert answer.status == status
    assert answer.is_success is (200 <= status < 300)


def test_headers_that_matter_are_told():
    """`Retry-After` and the receiver's directive, in any case."""
    answer = post(
        says(b"HTTP/1.1 429 Slow\r\nRETRY-AFTER: 120\r\nWebhook-Delivery:  disable \r\n\r\n")
    )
    assert (answer.retry_after, answer.directive, answer.disables) == ("120", "disable", True)


def test_interim_answers_are_skipped():
    """A 100 before the real one."""
    assert (
        post(says(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\na: b\r\n\r\n" + OK)).status
        == 200
    )


def _drip(piece: bytes) -> Serve:
    def serve(connection: socket.socket, _request: bytes) -> None:
        while True:
            connection.sendall(piece)
            time.sleep(0.05)

    return serve


@pytest.mark.parametrize(
    "serve", [_drip(b"H"), lambda connection, _: time.sleep(1.2), _drip(b"HTTP/1.1 100 C\r\n\r\n")]
)
def test_the_deadline_holds_whatever_is_dripped(serve):
    """No drip of bytes, and no silence, lasts longer than the deadline + 0.5 s."""
    began = time.monotonic()
    answer = post(serve)
    assert (answer.status, answer.error) == (None, "timeout")
    assert 500 <= answer.elapsed_ms <= 1100
    assert time.monotonic() - began < 4


def test_a_head_that_drips_after_its_status_line_is_no_answer():
    """The status counts once the head is whole."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        _drip(b"x: y\r\n")(connection, b"")

    assert post(serve).error == "timeout"


def test_a_body_that_drips_does_not_take_the_answer_back():
    """2xx stands once its head is read."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        _drip(b"z")(connection, b"")

    answer = post(serve)
    assert answer.status == 200
    assert answer.elapsed_ms <= 1100


def test_an_endless_body_is_cut():
    """64 kB are read, 256 characters are kept, the connection is closed."""
    sent = [0]

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent[0] += connection.send(b"y" * 65536)

    answer = post(serve, sender=a_sender(5))
    assert (answer.status, answer.excerpt) == (200, "y" * 256)
    assert sent[0] < 32 * 2**20
    assert answer.elapsed_ms < 2500


@pytest.mark.parametrize(
    "headers", [b"a: b\r\n" * 5000, b"a: " + b"b" * 2**20 + b"\r\n", b"a: b\r\n" * 200_000]
)
def test_too_many_headers_are_cut(headers):
    """A 2xx stays one; no more than 64 kB is read."""
    assert post(says(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n"), sender=a_sender(5)).status == 200


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nunfinished: ", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 999 X\r\n\r\n",
     b"\x16\x03\x01", b"SSH-2.0-x\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_unreachable(answer):
    """One word for the customer."""
    found = post(says(answer))
    assert (found.status, found.error, found.excerpt) == (None, "unreachable", "")


def test_a_reset_is_unreachable():
    """RST instead of an answer."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )

    assert post(serve).error == "unreachable"


def test_a_refused_connection_is_unreachable():
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert a_sender().post(f"http://127.0.0.1:{port}/", headers={}, body=b"").error == "unreachable"


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://10.0.0.1/", "http://169.254.169.254/", "rubbish"]
)
def test_a_forbidden_url_is_unreachable_and_not_looked_up(url):
    """Judged again at each attempt, before DNS."""
    looked_up: list[str] = []
    sender = a_sender(resolver=lambda host, _port: looked_up.append(host) or [])
    assert sender.post(url, headers={}, body=b"").error == "unreachable"
    assert looked_up == []


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["169.254.169.254"],
        ["fe80::1%lo"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        [],
    ],
)
def test_one_inside_answer_condemns_a_name(answers, monkeypatch):
    """No "pick the public one", and not a packet is sent."""
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: connected.append(args))
    sender = a_sender(resolver=lambda _host, _port: answers)
    assert sender.post("https://rebind.example.com/", headers={}, body=b"").error == "unreachable"
    assert connected == []


def test_a_name_is_resolved_once_and_connected_to_as_judged(monkeypatch):
    """A name that changes its mind between check and connect has no second look-up to change it for."""
    answers = iter([["93.184.215.14"], ["169.254.169.254"]])
    connected: list[object] = []

    def refuse(address: tuple[str, int], **_: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    sender = a_sender(resolver=lambda _host, _port: next(answers))
    assert sender.post("https://rebind.example.com/", headers={}, body=b"").error == "unreachable"
    assert connected == [("93.184.215.14", 443)]


def test_a_resolver_that_never_answers_is_left_behind():
    """Bounded by the deadline."""
    answer = a_sender(0.3, resolver=lambda _host, _port: time.sleep(5) or []).post(
        "https://slow.example.com/", headers={}, body=b""
    )
    assert answer.error == "timeout"
    assert answer.elapsed_ms < 1000


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    """A proxy would do the resolving, and undo the judging."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert post(says(OK)).status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and key for hooks.example.com, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not here to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=hooks.example.com", "-addext", "subjectAltName=DNS:hooks.example.com",
         "-keyout", str(folder / "key"), "-out", str(folder / "cert")],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return both


@contextlib.contextmanager
def tls_receiver(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    """A TLS server that every public address leads to; gives the names its clients asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    connect = socket.create_connection

    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda _address, **options: connect(("127.0.0.1", port), **options),
    )

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with (
                    contextlib.suppress(OSError),
                    context.wrap_socket(plain, server_side=True) as connection,
                ):
                    read_request(connection)
                    connection.sendall(OK)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield names
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        listener.close()
        thread.join(5)


def test_the_certificate_must_name_the_host(certificate, monkeypatch):
    """SNI and verification use the URL's name although the connection goes to an address; self-signed is refused."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    public = {"resolver": lambda _host, _port: ["93.184.215.14"]}
    with tls_receiver(certificate, monkeypatch) as names:
        good = a_sender(5, tls=trusting, **public).post(
            "https://hooks.example.com/", headers={}, body=b"{}"
        )
        other = a_sender(5, tls=trusting, **public).post(
            "https://other.example.com/", headers={}, body=b"{}"
        )
        unknown = a_sender(5, **public).post("https://hooks.example.com/", headers={}, body=b"{}")
    assert good.status == 200
    assert other.error == "unreachable"
    assert unknown.error == "unreachable"
    assert names == ["hooks.example.com", "other.example.com", "hooks.example.com"]


def test_a_handshake_that_drips_ends_at_the_deadline(monkeypatch):
    """The watchdog ends what no read of ours bounds."""
    connect = socket.create_connection
    record = iter(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"\x03\x03" + b"\x00" * 4000)
    listener = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda _address, **options: connect(listener.getsockname(), **options),
    )

    def run() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            for byte in record:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    answer = a_sender(resolver=lambda _host, _port: ["93.184.215.14"]).post(
        "https://drip.example.com/", headers={}, body=b"{}"
    )
    listener.close()
    thread.join(5)
    assert answer.error == "timeout"
    assert 500 <= answer.elapsed_ms <= 1100
