"""The media of a page, found by yt-dlp, which gets no way out but the guard's.

yt-dlp is given one request handler, which asks `GuardedReader`. What it might do besides (other clients, programs, files of
its own) an audit hook refuses for as long as it runs: PEP 578 tells of every connection, look-up, process and opened file,
whichever library makes it.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from yt_dlp import YoutubeDL
from yt_dlp.globals import all_plugins_loaded
from yt_dlp.networking.common import Request, RequestDirector, RequestHandler, Response
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import YoutubeDLError

from lipwire.adapters.http import connection
from lipwire.adapters.http.answers import AnswerError
from lipwire.adapters.http.connection import UnreachableError
from lipwire.adapters.http.guard import UrlGuard
from lipwire.adapters.http.reader import GuardedReader
from lipwire.domain.errors import PageWithoutMediaError
from lipwire.observability import logger

#: One file, by a protocol that we fetch: no playlist of pieces, no two files to be joined.
_FILE: Final = "[protocol~='^https?$']"
_PICTURES: Final = f"b{_FILE}/bv{_FILE}"
_SOUNDS: Final = f"ba{_FILE}/b{_FILE}"
_WATCHED: Final = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
     "socket.gethostbyaddr", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
     "pty.spawn", "ftplib.connect", "smtplib.connect", "webbrowser.open", "urllib.Request", "os.remove", "os.rename", "os.mkdir"}
)  # fmt: skip


class WayOutError(PermissionError):
    """Something other than the guard's client was about to leave this process."""


def media_url(url: str, *, guard: UrlGuard, is_picture: bool) -> str:
    """Where the one file lies that the page shows; it has yet to be fetched, by the guard's rules again.

    Raises:
        PageWithoutMediaError: there is none, or none that we would fetch.
    """
    reader = GuardedReader(guard)
    # Plugins are code that lies about; there is none in the layer, and none is looked for.
    all_plugins_loaded.value = True
    options = {
        "quiet": True,
        "no_warnings": True,
        "noprogress": True,
        "logger": _Silent(),
        "cachedir": False,
        "noplaylist": True,
        "playlist_items": "1",
        "js_runtimes": {},
        "extractor_retries": 0,
        "proxy": "",
        "format": _PICTURES if is_picture else _SOUNDS,
    }
    try:
        with guarded_only(), _Finder(options, reader) as finder:
            found = finder.extract_info(url, download=False) or {}
    except (YoutubeDLError, WayOutError, OSError, UnreachableError, AnswerError) as exc:
        logger.info("no media found on a page", kind=type(exc).__name__)
        raise PageWithoutMediaError from exc
    entries = list(found.get("entries") or [found])
    where = str((entries[0] or {}).get("url", "")) if entries else ""
    if not guard.allows(where):
        raise PageWithoutMediaError
    return where


class _Finder(YoutubeDL):  # type: ignore[misc]  # untyped
    """yt-dlp with one handler of requests."""

    def __init__(self, options: dict[str, Any], reader: GuardedReader) -> None:
        self._reader = reader
        super().__init__(options)

    def build_request_director(self, handlers: Any, preferences: Any = None) -> RequestDirector:
        """Ours alone, whatever others there are."""
        del handlers, preferences
        director = super().build_request_director(())
        director.add_handler(_GuardedRH(reader=self._reader, logger=director.logger))
        return director


class _GuardedRH(RequestHandler):  # type: ignore[misc]  # untyped
    """Sends yt-dlp's requests through the guard."""

    _SUPPORTED_URL_SCHEMES = ("http", "https")

    def __init__(self, *, reader: GuardedReader, **rest: Any) -> None:
        super().__init__(**rest)
        self._reader = reader

    def _check_proxies(self, proxies: Any) -> None:
        """No proxy is used, whatever was found in the environment."""

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        # Wishes for a cookie jar, a browser's look or another timeout are heard and not granted.
        extensions.clear()

    def _send(self, request: Request) -> Response:
        body = request.data if isinstance(request.data, bytes) else b""
        fields = {str(name): str(value) for name, value in self._get_headers(request).items()}
        try:
            answer = self._reader.read(request.method, request.url, fields, body)
        except (OSError, UnreachableError, AnswerError) as exc:
            raise TransportError(cause=exc) from exc
        response = Response(
            io.BytesIO(answer.body), answer.url, answer.fields, status=answer.status
        )
        if answer.status >= 400:
            raise HTTPError(response)
        return response


class _Silent:
    """yt-dlp's messages name the page, which may be secret: none is kept."""

    def debug(self, message: str) -> None:
        """Nothing."""

    info = warning = error = debug


_running: list[bool] = []


@contextmanager
def guarded_only() -> Iterator[None]:
    """Meanwhile nothing in this process connects, looks up, starts or writes anything, but for the guard's connections."""
    _install()
    _running.append(True)
    try:
        yield
    finally:
        _running.pop()


@cache
def _install() -> None:
    """Once: an audit hook can't be taken away."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _running:
        return
    if event == "open":
        flags = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else 0
        if not flags & (os.O_WRONLY | os.O_RDWR):
            return
    elif event not in _WATCHED:
        return
    if not _is_trusted():
        raise WayOutError(event)


def _is_trusted() -> bool:
    """Whether the guard's connection asks, or Python's import, which keeps compiled modules where it may."""
    # The hook runs on top of whoever asks.
    frame = sys._getframe(2)  # noqa: SLF001  # documented, and cheaper than a traceback
    if frame.f_code.co_filename == "<frozen importlib._bootstrap_external>":
        return True
    while frame is not None:
        if frame.f_code.co_filename == connection.__file__:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
