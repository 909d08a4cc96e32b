"""What hostile answers may make us hold, as the kernel counts it: a process of its own fetches, or posts, to each."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.fetches import chunked, head
from tests.support.strangers import Serve, says, serving
from tests.unit.http.test_fetcher import BOMB

ROOT = Path(__file__).resolve().parents[3]
MOST_KIB = 64 * 1024
MIB = 2**20
CHILD = """
import json, sys
from pathlib import Path
from lipwire.adapters.http.fetcher import GuardedFetcher
from lipwire.adapters.http.guard import UrlGuard
from lipwire.adapters.http.sender import GuardedSender
from lipwire.domain.errors import LipwireError
from tests.support.fetches import Hole

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

def fetch(url):
    try:
        GuardedFetcher(guard, deadline_s=60, pause_s=0.01).fetch(url, Hole(), max_bytes=64 * 2**20)
    except LipwireError as error:
        return error.code
    return "whole"

def post(url):
    return str(GuardedSender(guard, deadline_s=60).post(url, headers={}, body=b"{}").status)

guard, use = UrlGuard(loopback=True), {"fetch": fetch, "post": post}[sys.argv[1]]
print(json.dumps(["before", peak()]))
for url in sys.argv[2:]:
    print(json.dumps([use(url), peak()]))
"""


def endless(*lines: bytes, piece: bytes = b"z" * 65536) -> Serve:
    """A server that never stops."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head(*lines))
        while True:
            connection.sendall(piece)

    return serve


#: What a server says -> what comes of a fetch, and of a webhook.
ANSWERS: dict[str, tuple[Serve, str, str]] = {
    "endless body": (endless(), "media_too_large", "200"),
    "endless chunks": (
        endless(b"transfer-encoding: chunked", piece=b"10000\r\n" + b"z" * 65536 + b"\r\n"),
        "media_too_large",
        "200",
    ),
    "one chunk without end": (
        endless(b"transfer-encoding: chunked", piece=b"ffffffffff\r\n" + b"z" * 65536),
        "media_too_large",
        "200",
    ),
    "length that is too small": (
        says(head(b"content-length: 10") + b"q" * 8 * MIB),
        "whole",
        "200",
    ),
    "length that is too large": (
        endless(b"content-length: 1000000000000"),
        "media_too_large",
        "200",
    ),
    "two lengths": (
        says(head(b"content-length: 10", b"content-length: 20") + b"q" * 8 * MIB),
        "source_bad_answer",
        "200",
    ),
    "gzip bomb": (
        says(head(b"content-encoding: gzip", b"content-length: %d" % len(BOMB)) + BOMB),
        "source_bad_answer",
        "200",
    ),
    "header line of 1 MB": (says(head(b"a: " + b"b" * MIB)), "source_bad_answer", "200"),
    "status line of 1 MB": (says(b"HTTP/1.1 200 " + b"b" * MIB), "source_bad_answer", "None"),
    "chunk's extension of 1 MB": (
        says(head(b"transfer-encoding: chunked") + b"1;" + b"e" * MIB),
        "source_bad_answer",
        "200",
    ),
    "tiny chunks": (
        says(head(b"transfer-encoding: chunked") + chunked(b"x" * 20_000, 1)),
        "whole",
        "200",
    ),
}


@pytest.mark.fault(46, 47, 48, 93)
@pytest.mark.parametrize("use", ["fetch", "post"])
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel tells no peak here")
def test_hostile_answers_stay_below_64_mb(use: str) -> None:
    """The whole process, interpreter and libraries included; one answer after the other."""
    with ExitStack() as servers:
        ports = [servers.enter_context(serving(serve)) for serve, _, _ in ANSWERS.values()]
        done = subprocess.run(
            [sys.executable, "-c", CHILD, use, *(f"http://127.0.0.1:{port}/" for port in ports)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"functions{os.pathsep}."},
            capture_output=True,
            check=True,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith(b"[")]
    (_, before), *seen = map(json.loads, lines)
    came = dict(zip(ANSWERS, seen, strict=True))
    print(json.dumps({use: {"before": before, **{name: kib for name, (_, kib) in came.items()}}}))
    for name, (_, fetched, posted) in ANSWERS.items():
        assert came[name][0] == (fetched if use == "fetch" else posted), name
    assert max(kib for _, kib in seen) < MOST_KIB
