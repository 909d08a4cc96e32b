"""A plain `http://127.0.0.1:<port>` origin for the deployed HTTP API.

The emulator tells APIs apart by the Host header, and `<id>.execute-api.localhost` doesn't resolve in every client:
this sets the header and leaves method, path, query and body as they are.
"""

import argparse
import http.client
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

#: Headers that belong to one connection, not to the request.
_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)

#: Said anew, or of the way here alone.
_OURS = frozenset({"host", "content-length", "expect", "x-forwarded-host", "x-forwarded-proto"})

_TIMEOUT_S = 60


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "lipwire"
    sys_version = ""
    upstream: ClassVar[tuple[str, int]]
    api_host: ClassVar[str]

    def _forward(self) -> None:
        body = self._body()
        headers = [
            (name, value)
            for name, value in self.headers.items()
            if name.lower() not in _HOP | _OURS
        ]
        connection = http.client.HTTPConnection(*self.upstream, timeout=_TIMEOUT_S)
        try:
            # `request` would mend the path, and so does `self.path`: this sends it as it came.
            path = self.requestline.split(" ")[1]
            connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.api_host)
            # As any proxy does: documents and answers name the origin that the client knows.
            connection.putheader("X-Forwarded-Host", self.headers.get("Host", ""))
            connection.putheader("X-Forwarded-Proto", "http")
            for name, value in headers:
                connection.putheader(name, value)
            if body or self.command in {"POST", "PUT", "PATCH"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.send_error(502, "the platform doesn't answer")
            return
        finally:
            connection.close()
        self.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP | {"content-length", "server", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # trailers
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: the functions have their own logs."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().server_bind()


def create_server(*, port: int, upstream_port: int, api_id: str) -> ThreadingHTTPServer:
    """A server for one API, bound to loopback; port 0 takes a free one."""

    class Handler(_Handler):
        upstream = ("127.0.0.1", upstream_port)
        api_host = f"{api_id}.execute-api.localhost:{upstream_port}"

    return _Server(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until told to stop; `up.py` starts this in the background."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream-port", type=int, required=True)
    parser.add_argument("--api-id", required=True)
    options = parser.parse_args()
    server = create_server(
        port=options.port, upstream_port=options.upstream_port, api_id=options.api_id
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
