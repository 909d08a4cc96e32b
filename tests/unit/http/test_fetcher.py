"""Fetching from servers that misbehave, on real loopback sockets."""

import gzip
import re
import socket
import time
import tracemalloc

import pytest

from lipwire.domain.errors import (
    BusyError,
    MediaTooLargeError,
    SourceBadAnswerError,
    SourceRefusedError,
    SourceTooSlowError,
    SourceUnreachableError,
)
from tests.support.fetches import LIMIT, Hole, Sink, a_fetcher, chunked, fetched, head, seconds
from tests.support.strangers import (
    Serve,
    dripping,
    says,
    serving,
)

BODY = bytes(range(256)) * 4000
#: 16 MiB in 16 kB.
BOMB = gzip.compress(bytes(2**24), 6)


@pytest.mark.parametrize(
    "answer",
    [
        head(b"Content-Length: %d" % len(BODY)) + BODY,
        head() + BODY,
        head(b"transfer-encoding: Chunked") + chunked(BODY, 70_001),
        head(b"transfer-encoding: chunked") + chunked(BODY, 997),
        head(status=b"100 Continue") + head(b"a: b", status=b"103 Hints") + head() + BODY,
        # More than was said is none of it: a lying length ends where it says.
        head(b"content-length: %d" % len(BODY)) + BODY + b"GET / HTTP/1.1\r\n",
    ],
)
def test_the_body_arrives_as_it_is(answer):
    """By its length, in chunks, or to the end of the stream."""
    assert fetched(says(answer)) == BODY


@pytest.mark.fault(43)
def test_the_request_carries_nothing_secret():
    """No credentials, no cookies, no referrer: neither at first nor after a redirect."""
    seen: list[bytes] = []

    def serve(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        again = b"/b" if len(seen) == 1 else b""
        status = b"302 Found" if again else b"200 OK"
        connection.sendall(head(b"location: " + again, b"content-length: 0", status=status))

    fetched(serve, path="/a?signature=secret")
    assert [request.split(b" ")[1] for request in seen] == [b"/a?signature=secret", b"/b"]
    for request in seen:
        names = {line.partition(b":")[0] for line in request.split(b"\r\n")[1:] if line}
        assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
    assert b"secret" not in seen[1]


def broken_off(etags: list[bytes], *, ranges: bool = True) -> tuple[Serve, list[bytes]]:
    """A server that breaks off half-way at first; each connection has the next of the tags."""
    asked: list[bytes] = []
    version = iter(etags)

    def serve(connection: socket.socket, request: bytes) -> None:
        asked.append(request)
        etag = next(version)
        length = b"content-length: %d" % len(BODY)
        wanted = re.search(rb"range: bytes=(\d+)-\r\nif-range: (\S+)\r\n", request)
        if wanted and ranges and wanted[2] == etag:
            start = int(wanted[1])
            span = b"content-range: bytes %d-%d/%d" % (start, len(BODY) - 1, len(BODY))
            part = head(b"etag: " + etag, span, status=b"206 Partial Content")
            connection.sendall(part + BODY[start:])
        elif len(asked) == 1:
            connection.sendall(head(b"etag: " + etag, length) + BODY[: len(BODY) // 2])
        else:
            connection.sendall(head(b"etag: " + etag, length) + BODY)

    return serve, asked


@pytest.mark.parametrize(
    ("etags", "ranges", "resumed"),
    [
        ([b'"1"', b'"1"'], True, True),
        ([b'"1"', b'"2"'], True, True),
        ([b'"1"', b'"1"'], False, True),
        ([b'W/"1"', b'W/"1"'], True, False),
        ([b"", b""], True, False),
    ],
)
def test_what_broke_off_is_resumed_where_it_is_the_same_file(etags, ranges, resumed):
    """With `Range` and `If-Range` and a strong tag; another file, or no ranges, begins anew."""
    serve, asked = broken_off(etags, ranges=ranges)
    assert fetched(serve) == BODY
    assert [b"if-range" in request for request in asked] == [False, resumed]


@pytest.mark.parametrize("span", [b"bytes 5-9/10", b"bytes 0-9/10", b"rubbish", b""])
def test_a_part_that_was_not_asked_for_is_refused(span):
    """Neither at first nor as a rest of something else."""
    part = head(b"content-range: " + span, status=b"206 Partial") + b"x" * 10
    begun = head(b'etag: "1"', b"content-length: 20") + b"y" * 7
    with pytest.raises(SourceBadAnswerError):
        fetched(says(part))
    with pytest.raises(SourceBadAnswerError):
        fetched(says(begun, part))


@pytest.mark.fault(46)
@pytest.mark.parametrize(
    ("span", "body"),
    [
        (b"bytes 7-19/20", b"x" * 14),
        (b"bytes 7-20/20", b"x" * 13),
        (b"bytes 7-6/20", b"x" * 13),
    ],
    ids=["longer", "beyond its end", "backwards"],
)
def test_a_rest_that_is_longer_than_the_whole_is_refused(span, body):
    """Twenty bytes in all were said: a part that brings more, or says so, is of another file or lies."""
    begun = head(b'etag: "1"', b"content-length: 20") + b"y" * 7
    part = head(b'etag: "1"', b"content-range: " + span, status=b"206 Partial") + body
    with pytest.raises(SourceBadAnswerError, match=r"more than it said|beyond its own end"):
        fetched(says(begun, part))


@pytest.mark.parametrize(
    "rest",
    [
        head(b'etag: "2"', b"content-range: bytes 5-9/10", status=b"206 Partial") + b"OTHER",
        head(b"content-range: bytes 5-9/*", status=b"206 Partial") + b"OTHER",
    ],
)
def test_a_rest_that_may_be_of_another_file_is_not_taken(rest):
    """Another tag in spite of `If-Range`, or no end that could be checked: all is fetched anew."""
    begun = head(b'etag: "1"', b"transfer-encoding: chunked") + b"5\r\nhello\r\n"
    whole = head(b'etag: "2"', b"content-length: 10") + b"OTHEROTHER"
    assert fetched(says(begun, rest, whole)) == b"OTHEROTHER"


def test_a_rest_that_ends_too_early_is_no_whole_file():
    """The first answer gave no length; the one that went on did."""
    begun = head(b'etag: "1"', b"transfer-encoding: chunked") + b"5\r\nhello\r\n"
    short = head(b'etag: "1"', b"content-range: bytes 5-9/100", status=b"206 Partial") + b"world"
    with pytest.raises(SourceBadAnswerError):
        fetched(says(begun, short, b"", b""))


def test_a_name_server_in_trouble_is_asked_again():
    """EAI_AGAIN passes."""
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        if len(asked) == 1:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return ["10.0.0.1"]

    with pytest.raises(SourceUnreachableError):
        a_fetcher(resolver=resolver).fetch("https://media.example.com/", Sink(), max_bytes=LIMIT)
    assert len(asked) == 2


def test_a_server_in_trouble_is_asked_again():
    """503 and a reset pass."""
    busy = head(b"content-length: 0", status=b"503 Busy")
    good = head(b"content-length: 2") + b"ok"
    assert fetched(says(busy, b"", good)) == b"ok"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (head(status=b"404 No"), SourceRefusedError),
        (head(status=b"403 No"), SourceRefusedError),
        (head(status=b"204 None"), SourceRefusedError),
        (head(b"content-length: 0", status=b"500 Oh"), SourceRefusedError),
        (head(b"content-length: 10") + b"short", SourceBadAnswerError),
        (b"SSH-2.0-x\r\n\r\n", SourceBadAnswerError),
        (b"", SourceBadAnswerError),
        (head(status=b"302 Found"), SourceBadAnswerError),
    ],
)
def test_what_is_no_file_is_told_by_code(answer, error):
    """Stable codes; the URL stands in no message."""
    with pytest.raises(error) as caught:
        fetched(says(answer), path="/a?signature=secret")
    assert "secret" not in caught.value.message
    assert "127.0.0.1" not in caught.value.message


@pytest.mark.fault(46)
@pytest.mark.parametrize(
    "lines",
    [[], [b"content-length: 1000000000000"], [b"transfer-encoding: chunked"]],
    ids=["endless", "huge", "chunks"],
)
def test_more_than_the_limit_is_stopped_at_the_limit(lines):
    """Endless, said to be huge, or in chunks without end: little memory, and not a byte more than the limit."""
    sent = [0]
    piece = b"10000\r\n" + b"z" * 65536 + b"\r\n"

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head(*lines))
        while True:
            sent[0] += connection.send(piece)

    hole = Hole()
    with serving(serve) as port:
        tracemalloc.start()
        with pytest.raises(MediaTooLargeError):
            a_fetcher().fetch(f"http://127.0.0.1:{port}/", hole, max_bytes=16 * 2**20)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # Where the server says how long it is, nothing is taken at all.
    assert hole.count <= (0 if b"content-length" in b"".join(lines) else 16 * 2**20)
    assert peak < 4 * 2**20


@pytest.mark.fault(46)
def test_a_length_that_lies_is_believed_or_refused():
    """Ten bytes said, more sent: ten. Ten in words, or twice: refused."""
    assert fetched(says(head(b"content-length: 10") + b"q" * 2**20)) == b"q" * 10
    for lines in ([b"content-length: 1e12"], [b"content-length: -1"], [b"content-length: 1"] * 2):
        with pytest.raises(SourceBadAnswerError):
            fetched(says(head(*lines) + b"x" * 10))


def capped(size: int) -> Serve:
    """A server that breaks off at first and then gives no more than `size` bytes at once."""
    tag, length = b'etag: "1"', b"content-length: %d"

    def serve(connection: socket.socket, request: bytes) -> None:
        wanted = re.search(rb"range: bytes=(\d+)-\r\n", request)
        if wanted is None:
            connection.sendall(head(tag, length % len(BODY)) + BODY[:size])
            return
        part = BODY[int(wanted[1]) :][:size]
        span = b"content-range: bytes %d-%d/%d" % (
            int(wanted[1]),
            int(wanted[1]) + len(part) - 1,
            len(BODY),
        )
        connection.sendall(head(tag, span, length % len(part), status=b"206 Partial") + part)

    return serve


def test_what_comes_in_many_small_ranges_arrives():
    """A server may give less than was asked for, as often as it likes, as long as it gets on."""
    assert len(BODY) // 70_000 > 10
    assert fetched(capped(70_000)) == BODY
    with pytest.raises(SourceBadAnswerError):
        fetched(capped(1000))


class SlowSink(Sink):
    """A sink that takes most of the time there is."""

    def write(self, data: bytes) -> None:
        time.sleep(0.8)
        super().write(data)


def test_a_slow_sink_is_not_the_sources_fault():
    """The deadline ends it all the same, and the step is tried again."""
    serve = dripping(b"x" * 1000, after=head(), every_s=0.01)
    with serving(serve) as port, pytest.raises(BusyError):
        a_fetcher(1).fetch(f"http://127.0.0.1:{port}/", SlowSink(), max_bytes=LIMIT)


@pytest.mark.fault(47)
@pytest.mark.parametrize("coding", [b"gzip", b"br", b"deflate", b"identity, gzip", b"GZIP", b"x"])
def test_a_compressed_answer_is_refused(coding):
    """Identity is asked for, and a bomb that comes all the same stays packed: not a byte of it is kept."""
    asked, hole = [], Hole()
    length = b"content-length: %d" % len(BOMB)

    def serve(connection: socket.socket, request: bytes) -> None:
        asked.append(request)
        connection.sendall(head(b"content-encoding: " + coding, length) + BOMB)

    with serving(serve) as port:
        tracemalloc.start()
        with pytest.raises(SourceBadAnswerError, match="compressed"):
            a_fetcher().fetch(f"http://127.0.0.1:{port}/", hole, max_bytes=LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert [b"\r\naccept-encoding: identity\r\n" in one.lower() for one in asked] == [True]
    assert hole.count == 0
    assert peak < 2**20


@pytest.mark.fault(48)
@pytest.mark.parametrize(
    "answer",
    [
        head(*[b"a: b"] * 5000),
        head(b"a: " + b"b" * 2**20),
        b"HTTP/1.1 200 " + b"b" * 2**20,
        head(b"a: b", status=b"100 C") * 5000,
        head(b" folded: line"),
        head(b"name : value"),
        head(b"no colon"),
        head(b"a: b\x00c"),
        head(b"transfer-encoding: gzip, chunked") + chunked(b"x", 1),
        head(b"transfer-encoding: chunked", b"content-length: 1") + chunked(b"x", 1),
        head(b"transfer-encoding: chunked") + b"-1\r\nx\r\n0\r\n\r\n",
        head(b"transfer-encoding: chunked") + b"0x1\r\nx\r\n0\r\n\r\n",
        head(b"transfer-encoding: chunked") + b"1\r\nxy\r\n0\r\n\r\n",
        head(b"transfer-encoding: chunked") + b"ffffffffffffffff\r\nx",
        head(b"transfer-encoding: chunked") + b"1;" + b"e" * 2**20,
        head(b"transfer-encoding: chunked") + b"0\r\n" + b"t: u\r\n" * 5000,
    ],
)
def test_a_malformed_answer_is_refused_in_little_memory(answer):
    """Too many or too long header lines, bad fields, chunks that two readers would read in two ways."""
    with serving(says(answer)) as port:
        tracemalloc.start()
        with pytest.raises(SourceBadAnswerError):
            a_fetcher().fetch(f"http://127.0.0.1:{port}/", Hole(), max_bytes=LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    "serve",
    [
        dripping(b"H"),
        dripping(b"a: b\r\n", after=b"HTTP/1.1 200 OK\r\n"),
        dripping(b"x", after=head(b"content-length: 100000")),
        dripping(b"1\r\nx\r\n", after=head(b"transfer-encoding: chunked")),
        lambda _connection, _request: time.sleep(1.5),
    ],
    ids=["status", "headers", "body", "chunks", "silence"],
)
def test_the_deadline_holds_under_a_drip(serve):
    """Within half a second, whatever is dripped."""

    with serving(serve) as port:

        def attempt() -> None:
            with pytest.raises(SourceTooSlowError):
                a_fetcher(0.6).fetch(f"http://127.0.0.1:{port}/", Hole(), max_bytes=LIMIT)

        assert 0.55 <= seconds(attempt, most=1.1) <= 1.1


class NobodyWaitsError(Exception):
    """What a check says that has had enough."""


@pytest.mark.parametrize(
    "serve",
    [
        dripping(b"x", after=head(b"content-length: 100000")),
        lambda _connection, _request: time.sleep(3),
    ],
    ids=["drip", "silence"],
)
def test_what_nobody_waits_for_any_more_is_not_waited_for(serve):
    """It is asked while nothing, or little, comes; long before the deadline."""
    asked = []

    def check() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise NobodyWaitsError

    def attempt() -> None:
        asked.clear()
        with pytest.raises(NobodyWaitsError):
            a_fetcher(60, check_every_s=0.05).fetch(
                f"http://127.0.0.1:{port}/", Hole(), max_bytes=LIMIT, check=check
            )

    with serving(serve) as port:
        assert seconds(attempt, most=2) <= 2
    assert len(asked) == 3
