"""Where a fetch may be led: certificates, redirects, names and addresses."""

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from lipwire.adapters.http.connection import RESOLVE_S, Deadline, Dialer, UnresolvedError
from lipwire.adapters.http.fetcher import GuardedFetcher
from lipwire.adapters.http.guard import UrlGuard
from lipwire.domain.errors import (
    InvalidSourceUrlError,
    SourceBadAnswerError,
    SourceUnreachableError,
)
from tests.support.fetches import LIMIT, PUBLIC, Hole, Sink, a_fetcher, fetched, head
from tests.support.strangers import (
    Serve,
    certificate,
    public_leads_to,
    says,
    serving,
    tls_server,
)


@contextmanager
def public_tls(folder, monkeypatch, serve: Serve, *, host: str = "media.example.com", **made):
    """A fetcher that trusts such a server's certificate, the server being where every public address leads."""
    pem = certificate(folder, host, **made)
    tls, _ = tls_server(pem)
    trusting = ssl.create_default_context(cafile=str(pem))
    with serving(serve, tls=tls) as port:
        tried = public_leads_to(monkeypatch, port)
        yield a_fetcher(tls=trusting, resolver=lambda _host, _port: [PUBLIC]), tried


@pytest.mark.fault(50)
def test_certificates_are_judged(tmp_path, monkeypatch):
    """Right name: fetched. Expired, or another host's: refused at once, without a second try."""
    good = head(b"content-length: 2") + b"ok"
    with public_tls(tmp_path / "a", monkeypatch, says(good)) as (fetcher, tried):
        sink = Sink()
        fetcher.fetch("https://media.example.com/a", sink, max_bytes=LIMIT)
        assert (sink.data, tried) == (b"ok", [(PUBLIC, 443)])
        with pytest.raises(SourceUnreachableError):
            fetcher.fetch("https://other.example.com/a", Hole(), max_bytes=LIMIT)
        assert len(tried) == 2
    with (
        public_tls(tmp_path / "b", monkeypatch, says(good), expired=True) as (fetcher, tried),
        pytest.raises(SourceUnreachableError),
    ):
        fetcher.fetch("https://media.example.com/a", Hole(), max_bytes=LIMIT)


INSIDE = [
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "//169.254.169.254/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://localhost/",
    "https://internal/",
    "https://2130706433/",
    "file:///etc/passwd",
    "ftp://media.example.com/a",
    "https://user:pw@media.example.com/",
    "https://media.example.com:22/",
    "https:\\\\media.example.com/",
    "http://media.example.com/",
]


@pytest.mark.fault(43)
@pytest.mark.parametrize("location", INSIDE)
def test_a_redirect_inside_is_refused_at_that_hop(location):
    """After one good hop; nothing is asked of the third."""
    asked = [0]

    def serve(connection: socket.socket, _request: bytes) -> None:
        asked[0] += 1
        onward = b"/b" if asked[0] == 1 else location.encode()
        connection.sendall(head(b"location: " + onward, status=b"307 Go"))

    with pytest.raises(SourceUnreachableError):
        fetched(serve)
    assert asked == [2]


@pytest.mark.fault(43)
def test_a_redirect_from_https_never_leads_to_http(tmp_path, monkeypatch):
    """Not even to loopback on the local stage, where http is allowed at first."""
    with serving(says(head() + b"no")) as plain:
        onward = says(head(b"location: http://127.0.0.1:%d/" % plain, status=b"302 Go"))
        with (
            public_tls(tmp_path, monkeypatch, onward) as (fetcher, tried),
            pytest.raises(SourceUnreachableError),
        ):
            fetcher.fetch("https://media.example.com/a", Hole(), max_bytes=LIMIT)
    assert tried == [(PUBLIC, 443)]


@pytest.mark.fault(43)
def test_redirects_are_followed_three_times():
    """Three lead on, a fourth or a loop does not."""

    def counting(hops: int) -> Serve:
        def serve(connection: socket.socket, request: bytes) -> None:
            at = int(request.split(b" ")[1].strip(b"/a.mp4") or b"0")
            if at == hops:
                connection.sendall(head(b"content-length: 2") + b"ok")
            else:
                connection.sendall(head(b"location: /%d#part" % (at + 1), status=b"301 Go"))

        return serve

    assert fetched(counting(3), path="/0") == b"ok"
    for serve, path in ((counting(4), "/0"), (says(head(b"location: /", status=b"308 G")), "/")):
        with pytest.raises(SourceBadAnswerError, match="redirects"):
            fetched(serve, path=path)


@pytest.mark.fault(43)
@pytest.mark.parametrize("location", ["", "https://[::1/", "https://[v1.a]/ b", "//[", "/a\x01"])
def test_a_redirect_that_is_no_url_is_a_bad_answer(location):
    """Not a failure of ours."""
    with pytest.raises(SourceBadAnswerError, match="nowhere"):
        fetched(says(head(b"location: " + location.encode(), status=b"302 Go")))


@pytest.mark.fault(44, 51)
@pytest.mark.parametrize(
    "url",
    [
        "https://u:p@example.com/",
        "https://example.com:22/",
        "https://example.com:6379/",
        "https://10.0.0.1/",
        "https://api.lipwire.example/lipwire/v1/jobs",
        "https://eu.api.lipwire.example/",
        "http://localhost:4566/bucket/key",
        "http://127.0.0.1:4566/",
        "rubbish",
    ],
)
def test_a_forbidden_url_is_refused_before_dns(url, monkeypatch):
    """Its own code; our own hosts are among the forbidden."""
    tried, asked = public_leads_to(monkeypatch, None), []
    guard = UrlGuard(loopback=True, own_hosts=["api.lipwire.example", "localhost:4566"])
    fetcher = GuardedFetcher(guard, resolver=lambda host, _port: asked.append(host) or [PUBLIC])
    with pytest.raises(InvalidSourceUrlError):
        fetcher.fetch(url, Hole(), max_bytes=LIMIT)
    assert (tried, asked) == ([], [])


@pytest.mark.fault(49)
def test_dns_that_never_answers_holds_nobody_up():
    """Left behind after three seconds, long before the deadline, while another fetch comes and goes."""
    guard, deadline = UrlGuard(loopback=True), Deadline(60)
    destination = guard.destination("https://media.example.com/")
    assert destination is not None
    answered, left = threading.Event(), threading.Event()

    def never(_host: str, _port: int) -> list[str]:
        answered.wait(30)
        return []

    def ask() -> None:
        with pytest.raises(UnresolvedError):
            Dialer(guard, resolver=never).connect(destination, deadline)
        left.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    assert fetched(says(head(b"content-length: 2") + b"ok")) == b"ok"
    assert not left.is_set()
    asking.join(20)
    answered.set()
    assert left.is_set()
    assert RESOLVE_S <= deadline.elapsed_ms / 1000 < 15


@pytest.mark.fault(52)
def test_proxies_of_the_environment_are_ignored_by_fetches(monkeypatch):
    """A proxy would do the resolving, and undo the judging."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert fetched(says(head(b"content-length: 2") + b"ok")) == b"ok"


@pytest.mark.fault(53)
def test_the_content_type_decides_nothing():
    """What calls itself text arrives as it is: the probe says what it is."""
    page = head(b"content-type: text/html", b"content-length: 2") + b"ok"
    assert fetched(says(page)) == b"ok"
