"""A webhook receiver on loopback that trusts nothing: each delivery is verified with the `standardwebhooks` package."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True)
class Received:
    """One delivery."""

    verified: bool
    payload: dict[str, Any]
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Collects deliveries; answers 200 to those whose signature holds, 401 to others."""

    def __init__(self) -> None:
        self.deliveries: queue.Queue[Received] = queue.Queue()
        #: Statuses to answer with instead, first come first served: makes a receiver that fails.
        self.answers: queue.Queue[int] = queue.Queue()
        self._secret = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def trust(self, secret: str) -> None:
        """Verify with this secret from now on."""
        self._secret = secret

    def wait(self, timeout_s: float) -> Received:
        """The next delivery.

        Raises:
            queue.Empty: none came in time.
        """
        return self.deliveries.get(timeout=timeout_s)

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        """Listening until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """One POST."""

            def do_POST(self) -> None:
                """Verify, remember, answer."""
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    payload = Webhook(receiver._secret).verify(body, headers)
                    verified = True
                except (WebhookVerificationError, ValueError):
                    payload, verified = {}, False
                try:
                    status = receiver.answers.get_nowait()
                except queue.Empty:
                    status = 200 if verified else 401
                receiver.deliveries.put(Received(verified, payload, headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
