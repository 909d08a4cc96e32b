"""`bin/lipwire webhooks listen`: a receiver on a laptop that prints what comes and says whether it is from Lipwire.

Signing secrets come from the environment (`LIPWIRE_WEBHOOK_SECRET`, several separated by spaces) or a file, never from
the command line, where other users of the machine could read them. They are printed nowhere.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from standardwebhooks import Webhook, WebhookVerificationError

_VARIABLE: Final = "LIPWIRE_WEBHOOK_SECRET"
_LIMIT: Final = 1024 * 1024

Print = Callable[[str], object]


def main(arguments: Sequence[str]) -> int:
    """Until interrupted; 2 where there is no secret to verify with."""
    parser = argparse.ArgumentParser(prog="lipwire webhooks")
    commands = parser.add_subparsers(dest="command", required=True)
    listen = commands.add_parser("listen", help="print and verify deliveries")
    listen.add_argument("--port", type=int, default=8787, help="on 127.0.0.1; 0 takes a free one")
    listen.add_argument("--secret-file", type=Path, help=f"instead of ${_VARIABLE}")
    listen.add_argument("--status", type=int, default=200, help="what to answer what is verified")
    listen.add_argument("--count", type=int, default=0, help="end after so many")
    options = parser.parse_args(arguments)
    text = options.secret_file.read_text() if options.secret_file else os.environ.get(_VARIABLE, "")
    secrets = text.split()
    try:
        for secret in secrets:
            Webhook(secret)
    except ValueError:
        secrets = []
    if not secrets:
        sys.stderr.write(f"set {_VARIABLE} to the endpoint's secret (whsec_…), or --secret-file\n")
        return 2
    done = threading.Event()
    server = listening(
        secrets, port=options.port, status=options.status, out=_say, count=options.count, done=done
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _say(f"listening on http://127.0.0.1:{server.server_address[1]}/")
    try:
        done.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
    return 0


def listening(
    secrets: Sequence[str],
    *,
    port: int,
    status: int,
    out: Print,
    count: int,
    done: threading.Event,
) -> ThreadingHTTPServer:
    """A server on loopback: answers `status` to what is signed with one of the secrets, 401 to all else."""
    seen: set[str] = set()
    left = [count]

    class Handler(BaseHTTPRequestHandler):
        """One POST."""

        def do_POST(self) -> None:
            """Verify, print, answer."""
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(min(int(length), _LIMIT)) if length.isdigit() else b""
            headers = {name.lower(): value for name, value in self.headers.items()}
            payload = verified(secrets, body, headers)
            out(described(payload, headers, is_repeat=headers.get("webhook-id", "") in seen))
            if payload is not None:
                seen.add(headers["webhook-id"])
            self.send_response(status if payload is not None else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()
            left[0] -= 1
            if left[0] == 0:
                done.set()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def verified(secrets: Sequence[str], body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
    """The payload, where one of the secrets signed it within the last five minutes."""
    for secret in secrets:
        try:
            found = Webhook(secret).verify(body, headers)
        # The package raises bare ValueErrors for headers and bodies that are none.
        except (WebhookVerificationError, ValueError):
            continue
        return found if isinstance(found, dict) else None
    return None


def described(payload: dict[str, Any] | None, headers: dict[str, str], *, is_repeat: bool) -> str:
    """A line, and the payload below it; of what is not verified nothing that its sender wrote."""
    if payload is None:
        return "NOT VERIFIED  no secret given here signed this, or a clock is more than five minutes off"
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"])).astimezone().isoformat()
    repeat = "  again" if is_repeat else ""
    return (
        f"verified  {payload.get('type')}  {headers['webhook-id']}  {at}{repeat}\n"
        f"{json.dumps(payload, indent=2)}"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
