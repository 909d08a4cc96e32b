"""Media on web pages: found through the guard alone, whatever yt-dlp would do by itself."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

LAYER = Path(__file__).parents[3] / "build" / "layers" / "pages-local" / "python"
if not LAYER.exists():
    pytest.skip("the layer with yt-dlp is not built: `make layer`", allow_module_level=True)
sys.path.append(str(LAYER))

from lipwire.adapters.http.connection import UnreachableError
from lipwire.adapters.http.guard import UrlGuard
from lipwire.adapters.http.reader import GuardedReader
from lipwire.domain.errors import PageWithoutMediaError
from pages.handler import handler
from pages.resolve import WayOutError, guarded_only, media_url
from tests.support.fetches import head
from tests.support.strangers import Serve, public_leads_to, says, serving

GUARD = UrlGuard(loopback=True)
TITLE = b"<!doctype html><title>A talk</title>"


class Site:
    """Pages by path; what was asked for is noted."""

    def __init__(self, **pages: bytes) -> None:
        self.pages = pages
        self.asked: list[bytes] = []

    def serve(self, connection: socket.socket, request: bytes) -> None:
        """One answer."""
        self.asked.append(request)
        name = request.split(b" ")[1].strip(b"/").decode()
        body = self.pages.get(name)
        if body is None:
            connection.sendall(head(b"content-length: 0", status=b"404 Not Found"))
        else:
            lines = b"content-type: text/html", b"content-length: %d" % len(body)
            connection.sendall(head(*lines) + body)


def found(serve: Serve, *, path: str = "/page", is_picture: bool = True) -> str:
    """What lies on that page; the server's own address becomes HOST."""
    with serving(serve) as port:
        url = media_url(f"http://127.0.0.1:{port}{path}", guard=GUARD, is_picture=is_picture)
        return url.replace(f"http://127.0.0.1:{port}", "HOST")


def test_the_video_of_a_page_is_found():
    """By the generic extractor, which reads a <video> tag; the file itself is not asked for."""
    site = Site(page=TITLE + b'<video src="/clips/talk.mp4?key=1"></video>')
    assert found(site.serve) == "HOST/clips/talk.mp4?key=1"
    assert {request.split(b" ")[1] for request in site.asked} == {b"/page"}


def test_the_sound_of_a_page_is_found():
    """Where a voice is asked for."""
    site = Site(page=TITLE + b'<audio src="/voice.mp3"></audio>')
    assert found(site.serve, is_picture=False) == "HOST/voice.mp3"


def test_no_request_names_anybody():
    """Neither cookie nor referrer, nor a body that may be compressed."""
    site = Site(page=TITLE + b'<video src="/talk.mp4"></video>')
    found(site.serve)
    for request in site.asked:
        names = [line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line]
        assert len(names) == len({*names})
        assert not {b"cookie", b"referer", b"authorization"} & {*names}
        assert b"accept-encoding: identity" in request


@pytest.mark.parametrize(
    "body",
    [
        b"Nothing to see.",
        b"<video src='http://10.0.0.1/a.mp4'></video>",
        b"<video src='http://169.254.169.254/a.mp4'></video>",
        b"<video src='file:///etc/passwd'></video>",
        b"<video><source src='/list.m3u8' type='application/x-mpegURL'></video>",
    ],
)
def test_a_page_without_a_file_for_us_is_told_so(body, monkeypatch):
    """Nothing, something inside, a local file, or a list of pieces; nowhere else is connected to."""
    tried = public_leads_to(monkeypatch, None)
    with pytest.raises(PageWithoutMediaError):
        found(Site(page=TITLE + body).serve)
    assert tried == []


@pytest.mark.fault(43)
@pytest.mark.parametrize(
    "location", [b"http://10.0.0.1/", b"http://169.254.169.254/latest/", b"file:///etc/passwd"]
)
def test_a_page_that_redirects_inside_is_refused_at_that_hop(location, monkeypatch):
    """As a file would be."""
    tried = public_leads_to(monkeypatch, None)
    with pytest.raises(PageWithoutMediaError):
        found(says(head(b"location: " + location, b"content-length: 0", status=b"302 Found")))
    assert tried == []


def test_what_a_page_may_ask_for_has_an_end():
    """So many requests, so many bytes, so much time."""
    with serving(says(head(b"content-length: 2") + b"ok")) as port:
        reader, url = GuardedReader(GUARD), f"http://127.0.0.1:{port}/"
        assert {reader.read("GET", url, {}).body for _ in range(40)} == {b"ok"}
        with pytest.raises(UnreachableError, match="too many"):
            reader.read("GET", url, {})
    endless = head(b"content-type: text/html") + bytes(17 * 2**20)
    with serving(says(endless)) as port, pytest.raises(UnreachableError, match="too long"):
        GuardedReader(GUARD).read("GET", f"http://127.0.0.1:{port}/", {})
    with serving(says(head() + bytes(2**20))) as port, pytest.raises(TimeoutError):
        GuardedReader(GUARD, deadline_s=0).read("GET", f"http://127.0.0.1:{port}/", {})


def test_the_environments_proxy_is_ignored(monkeypatch):
    """It would do the resolving."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert found(Site(page=TITLE + b'<video src="/a.mp4"></video>').serve) == "HOST/a.mp4"


@pytest.mark.parametrize(
    "leave",
    [
        lambda port: socket.create_connection(("127.0.0.1", port)),
        lambda port: urllib.request.urlopen(f"http://127.0.0.1:{port}/"),
        lambda _port: socket.getaddrinfo("example.com", 443),
        lambda _port: subprocess.Popen([sys.executable, "-V"]),
        lambda _port: os.system("true"),
        lambda _port: os.posix_spawn("/bin/true", ["true"], {}),
        lambda _port: os.fork(),
        lambda _port: Path("/tmp/page").write_text("x"),
    ],
    ids=["socket", "urllib", "look-up", "program", "shell", "spawn", "fork", "file"],
)  # fmt: skip
def test_no_other_way_out_is_open_meanwhile(leave):
    """Whatever library takes it; afterwards all is as before."""
    asked: list[bytes] = []
    with serving(lambda _connection, request: asked.append(request)) as port:
        with guarded_only(), pytest.raises(WayOutError):
            leave(port)
        assert asked == []
        socket.create_connection(("127.0.0.1", port)).close()


def test_another_thread_has_no_way_out_either():
    """The hook is the process's."""
    failures: list[BaseException] = []

    def leave() -> None:
        try:
            socket.create_connection(("127.0.0.1", 9))
        except OSError as exc:
            failures.append(exc)

    with guarded_only():
        thread = threading.Thread(target=leave)
        thread.start()
        thread.join()
    assert isinstance(failures[0], WayOutError)


def test_the_function_answers_with_a_url_or_a_code(monkeypatch):
    """As its caller reads it."""
    monkeypatch.setenv("LIPWIRE_STAGE", "local")
    monkeypatch.setenv("LOOPBACK_ALLOWED", "1")
    context = type("Context", (), dict.fromkeys(("function_name", "function_version", "invoked_function_arn", "aws_request_id"), "x") | {"memory_limit_in_mb": 1})  # fmt: skip
    site = Site(page=TITLE + b'<video src="/a.mp4"></video>', empty=TITLE)
    with serving(site.serve) as port:
        origin = f"http://127.0.0.1:{port}"
        shown = handler({"url": f"{origin}/page", "is_picture": True}, context())
        empty = handler({"url": f"{origin}/empty", "is_picture": True}, context())
    assert shown == {"url": f"{origin}/a.mp4"}
    assert empty["problem"]["code"] == "page_without_media"
