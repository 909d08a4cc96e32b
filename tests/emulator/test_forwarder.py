"""The forwarder sends a request on as it came, but for the Host header."""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.local import forwarder


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = [self.command, self.requestline.split()[1], self.headers.items(), body.decode()]
        content = json.dumps(seen).encode()
        self.send_response(207)
        self.send_header("X-Twice", "1")
        self.send_header("X-Twice", "2")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[http.client.HTTPConnection]:
    """A connection to a forwarder before an echo."""
    echo = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    front = forwarder.create_server(port=0, upstream_port=echo.server_port, api_id="abc")
    for server in (echo, front):
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", front.server_port, timeout=5)
    yield connection
    connection.close()
    for server in (front, echo):
        server.shutdown()
        server.server_close()


def test_requests_arrive_as_they_were_sent(origin):
    """Method, double slashes, escapes, query, headers and body stay; the host names the API, and the first one is told."""
    path = "//v1/a%2Fb/../c?x=%20&x=2"
    origin.putrequest("PATCH", path, skip_host=True, skip_accept_encoding=True)
    origin.putheader("Host", "127.0.0.1")
    origin.putheader("X-Api-Key", "key")
    origin.putheader("Content-Length", "4")
    origin.endheaders(b"body")
    answer = origin.getresponse()
    method, seen, headers, body = json.loads(answer.read())
    assert (method, seen, body) == ("PATCH", path, "body")
    found = dict(headers)
    assert found["Host"].startswith("abc.execute-api.localhost:")
    assert found["X-Api-Key"] == "key"
    assert (found["X-Forwarded-Host"], found["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert answer.status == 207
    assert answer.headers.get_all("X-Twice") == ["1", "2"]


def test_chunked_bodies_arrive_whole(origin):
    """A client that doesn't know the length first."""
    origin.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)
    assert json.loads(origin.getresponse().read())[3] == "one two"


def test_a_connection_is_kept(origin):
    """Several requests over one connection."""
    for number in range(3):
        origin.request("GET", f"/{number}")
        assert json.loads(origin.getresponse().read())[1] == f"/{number}"


def test_a_platform_that_is_gone_is_a_502(origin):
    """Nobody behind it: the forwarder says so."""
    front = forwarder.create_server(port=0, upstream_port=1, api_id="abc")
    threading.Thread(target=front.serve_forever, args=(0.05,), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", front.server_port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 502
    front.shutdown()
    front.server_close()
