"""The sender against receivers that misbehave, on real loopback sockets."""

import contextlib
import socket
import ssl
import threading
import time
import tracemalloc
from ipaddress import ip_address

import pytest

from lipwire.adapters.http.connection import Connection, Deadline, _connected
from lipwire.adapters.http.guard import UrlGuard
from lipwire.adapters.http.sender import GuardedSender
from lipwire.domain.webhooks import Answer
from tests.support.fetches import seconds
from tests.support.strangers import (
    OK,
    Serve,
    certificate,
    dripping,
    public_leads_to,
    says,
    serving,
    tls_server,
)


def a_sender(deadline_s: float = 5, **changes: object) -> GuardedSender:
    """A sender of the local stage."""
    return GuardedSender(UrlGuard(loopback=True), deadline_s=deadline_s, **changes)  # type: ignore[arg-type]


def post(serve: Serve, *, body: bytes = b"{}", sender: GuardedSender | None = None):
    """The answer of such a receiver."""
    with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/hook?a=1"
        return (sender or a_sender()).post(url, headers={"webhook-id": "evt_1"}, body=body)


@pytest.mark.fault(101)
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


@pytest.mark.fault(92)
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


@pytest.mark.fault(90)
@pytest.mark.parametrize(
    "serve",
    [dripping(b"H"), lambda connection, _: time.sleep(1.2), dripping(b"HTTP/1.1 100 C\r\n\r\n")],
)
def test_the_deadline_holds_whatever_is_dripped(serve):
    """No drip of bytes, and no silence, lasts longer than the deadline + 0.5 s."""
    answers: list[Answer] = []
    took = seconds(lambda: answers.append(post(serve, sender=a_sender(0.6))), most=1.1)
    assert (answers[-1].status, answers[-1].error) == (None, "timeout")
    assert 500 <= min(answer.elapsed_ms for answer in answers) <= 1100
    assert took <= 1.1


def test_a_head_that_drips_after_its_status_line_is_no_answer():
    """The status counts once the head is whole."""

    serve = dripping(b"x: y\r\n", after=b"HTTP/1.1 200 OK\r\n")
    assert post(serve, sender=a_sender(0.6)).error == "timeout"


def test_a_body_that_drips_does_not_take_the_answer_back():
    """2xx stands once its head is read."""

    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
    serve = dripping(b"z", after=head)
    answer = post(serve, sender=a_sender(0.6))
    assert answer.status == 200
    # Of a hundred seconds that the whole body would take.
    assert answer.elapsed_ms <= 5000


@pytest.mark.fault(93)
def test_an_endless_body_is_cut(monkeypatch):
    """64 kB are read, 256 characters are kept, the connection is closed."""
    read, cut = [0], threading.Event()
    receive = Connection.receive

    def counted(self: Connection, limit: int, deadline: Deadline | None = None) -> bytes:
        found = receive(self, limit, deadline)
        read[0] += len(found)
        return found

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"y" * 65536)
        cut.set()

    monkeypatch.setattr(Connection, "receive", counted)
    tracemalloc.start()
    answer = post(serve, sender=a_sender(10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status, answer.excerpt) == (200, "y" * 256)
    assert read == [64 * 1024]
    assert peak < 2**20
    assert cut.wait(5)


@pytest.mark.parametrize(
    ("lines", "body", "excerpt"),
    [
        (b"transfer-encoding: chunked", b"2\r\nok\r\n3;a=b\r\n, I\r\n0\r\n\r\n", "ok, I"),
        (b"Transfer-Encoding: Chunked", b"fff\r\n" + b"z" * 0xFFF + b"\r\n0\r\n\r\n", "z" * 256),
        (b"transfer-encoding: chunked", b"no chunk at all\r\n", ""),
        (b"content-encoding: gzip\r\ncontent-length: 4", b"\x1f\x8bab", ""),
        (b"content-length: 4", b"2\r\no", "2  o"),
    ],
)
def test_the_excerpt_is_of_the_body_itself(lines, body, excerpt):
    """Not of how it was cut for the wire, and nothing that is packed."""
    assert post(says(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n" + body)).excerpt == excerpt


@pytest.mark.fault(93)
@pytest.mark.parametrize(
    "headers", [b"a: b\r\n" * 5000, b"a: " + b"b" * 2**20 + b"\r\n", b"a: b\r\n" * 200_000]
)
def test_too_many_headers_are_cut(headers):
    """A 2xx stays one; no more than 64 kB is read."""
    assert post(says(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n"), sender=a_sender(5)).status == 200


@pytest.mark.fault(91)
@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nunfinished: ", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 999 X\r\n\r\n",
     b"\x16\x03\x01", b"SSH-2.0-x\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_unreachable(answer):
    """One word for the customer."""
    found = post(says(answer))
    assert (found.status, found.error, found.excerpt) == (None, "unreachable", "")


@pytest.mark.fault(91)
def test_a_reset_is_unreachable():
    """RST instead of an answer."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )

    assert post(serve).error == "unreachable"


@pytest.mark.fault(91)
def test_a_refused_connection_is_unreachable():
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert a_sender().post(f"http://127.0.0.1:{port}/", headers={}, body=b"").error == "unreachable"


@pytest.mark.fault(107)
@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://10.0.0.1/", "http://169.254.169.254/", "rubbish"]
)
def test_a_forbidden_url_is_unreachable_and_not_looked_up(url):
    """Judged again at each attempt, before DNS."""
    looked_up: list[str] = []
    sender = a_sender(resolver=lambda host, _port: looked_up.append(host) or [])
    assert sender.post(url, headers={}, body=b"").error == "unreachable"
    assert looked_up == []


@pytest.mark.fault(41)
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
    connected = public_leads_to(monkeypatch, None)
    sender = a_sender(resolver=lambda _host, _port: answers)
    assert sender.post("https://rebind.example.com/", headers={}, body=b"").error == "unreachable"
    assert connected == []


@pytest.mark.fault(102)
def test_a_name_is_resolved_once_and_connected_to_as_judged(monkeypatch):
    """A name that changes its mind between check and connect has no second look-up to change it for."""
    answers = iter([["93.184.215.14"], ["169.254.169.254"]])
    connected = public_leads_to(monkeypatch, None)
    sender = a_sender(resolver=lambda _host, _port: next(answers))
    assert sender.post("https://rebind.example.com/", headers={}, body=b"").error == "unreachable"
    assert connected == [("93.184.215.14", 443)]


def test_a_dead_address_leaves_the_others_their_share_of_the_time(monkeypatch):
    """Of two addresses the first one takes no connection: the second is still reached."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as held:
        dead = full.getsockname()
        for _ in range(3):
            # Its queue is full: whoever knocks now hears nothing.
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(dead)
        addresses = {"93.184.215.14": dead}
        with serving(says(OK)) as port:
            addresses["93.184.215.15"] = ("127.0.0.1", port)
            connect, tried = socket.socket.connect, []

            def led(stream: socket.socket, address: tuple[str, int]) -> None:
                tried.append(address[0])
                connect(stream, addresses[address[0]])

            monkeypatch.setattr(socket.socket, "connect", led)
            began = time.monotonic()
            deadline = Deadline(1.0)
            with _connected([ip_address(one) for one in addresses], 443, deadline):
                assert time.monotonic() - began < 0.9
    assert tried == list(addresses)


@pytest.mark.fault(49)
def test_a_resolver_that_never_answers_is_left_behind():
    """Bounded by the deadline, where that is sooner than the three seconds of a look-up."""
    answered = threading.Event()

    def never(_host: str, _port: int) -> list[str]:
        answered.wait(10)
        return []

    answer = a_sender(0.3, resolver=never).post("https://slow.example.com/", headers={}, body=b"")
    answered.set()
    assert answer.error == "timeout"
    assert answer.elapsed_ms < 2500


@pytest.mark.fault(52)
def test_proxies_of_the_environment_are_ignored(monkeypatch):
    """A proxy would do the resolving, and undo the judging."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert post(says(OK)).status == 200


@pytest.mark.fault(91)
def test_the_certificate_must_name_the_host(tmp_path, monkeypatch):
    """SNI and verification use the URL's name although the connection goes to an address; self-signed is refused."""
    pem = certificate(tmp_path, "hooks.example.com")
    tls, names = tls_server(pem)
    trusting = ssl.create_default_context(cafile=str(pem))
    public = {"resolver": lambda _host, _port: ["93.184.215.14"]}
    with serving(says(OK), tls=tls) as port:
        public_leads_to(monkeypatch, port)
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


@pytest.mark.fault(90)
def test_a_handshake_that_drips_ends_at_the_deadline(monkeypatch):
    """Each step of it waits for no longer than what is left."""
    record = b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc" + b"\x03\x03" + b"\x00" * 4000
    listener = socket.create_server(("127.0.0.1", 0))
    public_leads_to(monkeypatch, listener.getsockname()[1])

    def run() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            for byte in record:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    answer = a_sender(0.6, resolver=lambda _host, _port: ["93.184.215.14"]).post(
        "https://drip.example.com/", headers={}, body=b"{}"
    )
    listener.close()
    thread.join(5)
    assert answer.error == "timeout"
    assert 500 <= answer.elapsed_ms <= 1100


def test_a_header_can_not_become_two():
    """The end of a line in a header's value is refused before anything is sent."""
    headers = {"x-name": "a\r\nx-other: b"}
    with serving(says(OK)) as port:
        answer = a_sender().post(f"http://127.0.0.1:{port}/", headers=headers, body=b"")
    assert answer.error == "unreachable"
