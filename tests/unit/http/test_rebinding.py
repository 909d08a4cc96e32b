"""A name server that changes its mind: every connection asks it once, and goes where that answer was judged."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from lipwire.adapters.http.fetcher import GuardedFetcher
from lipwire.adapters.http.guard import UrlGuard
from lipwire.adapters.http.sender import GuardedSender
from lipwire.domain.errors import SourceUnreachableError
from tests.support.fetches import LIMIT, PUBLIC, Hole
from tests.support.strangers import public_leads_to

METADATA = "169.254.169.254"
URL = "https://rebind.example.com/a.mp4"


class NameServer:
    """DNS over UDP on loopback; the first questions are answered from a list, all others with its last entry."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))

    @contextlib.contextmanager
    def running(self) -> Iterator["NameServer"]:
        """Answers until the end of the block."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as last:
                last.sendto(b"", self._socket.getsockname())
            thread.join(5)
            self._socket.close()

    def _run(self) -> None:
        while True:
            query, sender = self._socket.recvfrom(512)
            if not query:
                return
            name, end = _name(query, 12)
            self.asked.append(name)
            found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
            records = b"".join(
                b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(address)
                for address in found
            )
            self._socket.sendto(head + query[12 : end + 4] + records, sender)

    def resolve(self, host: str, _port: int) -> list[str]:
        """What this server says now, asked over the network as a resolver asks it."""
        labels = b"".join(bytes([len(label)]) + label.encode() for label in host.split("."))
        query = (
            struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)
            + labels
            + b"\0"
            + struct.pack(">HH", 1, 1)
        )
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
            asking.settimeout(2)
            asking.sendto(query, self._socket.getsockname())
            answer = asking.recv(512)
        count = struct.unpack(">H", answer[6:8])[0]
        records = answer[len(query) :]
        return [socket.inet_ntoa(records[16 * at + 12 : 16 * at + 16]) for at in range(count)]


def _name(packet: bytes, at: int) -> tuple[str, int]:
    labels = []
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels), at + 1


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was connected to; nobody answers there."""
    return public_leads_to(monkeypatch, None)


@pytest.mark.fault(42, 102)
def test_a_webhook_asks_once_and_goes_where_it_was_judged(tried):
    """The second answer, an inside one, comes with the next attempt, and is judged then."""
    with NameServer([PUBLIC], [METADATA]).running() as names:
        sender = GuardedSender(UrlGuard(), resolver=names.resolve)
        first = sender.post(URL, headers={}, body=b"")
        assert (first.error, len(names.asked), tried) == ("unreachable", 1, [(PUBLIC, 443)])
        second = sender.post(URL, headers={}, body=b"")
    assert (second.error, len(names.asked), tried) == ("unreachable", 2, [(PUBLIC, 443)])


@pytest.mark.fault(42)
def test_a_fetch_asks_once_for_each_connection(tried):
    """Refused by the public address, it asks again for the second try, and ends at the inside answer for good."""
    with NameServer([PUBLIC], [METADATA], [PUBLIC]).running() as names:
        fetcher = GuardedFetcher(UrlGuard(), resolver=names.resolve)
        with pytest.raises(SourceUnreachableError):
            fetcher.fetch(URL, Hole(), max_bytes=LIMIT)
    assert names.asked == ["rebind.example.com"] * 2
    assert tried == [(PUBLIC, 443)]


@pytest.mark.fault(41)
@pytest.mark.parametrize("answers", [[PUBLIC, "127.0.0.1"], ["10.0.0.1", PUBLIC], [METADATA], []])
def test_one_inside_answer_among_public_ones_ends_a_fetch(tried, answers):
    """No "pick the public one", no second try, no packet."""
    with NameServer(answers).running() as names:
        fetcher = GuardedFetcher(UrlGuard(), resolver=names.resolve)
        with pytest.raises(SourceUnreachableError):
            fetcher.fetch(URL, Hole(), max_bytes=LIMIT)
    assert (len(names.asked), tried) == (1, [])
