"""Media from a URL: streamed piece by piece into a sink, resumed where it broke off, within one deadline."""

import re
import ssl
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin

from lipwire.adapters.http.answers import Answer, AnswerError, CutOffError
from lipwire.adapters.http.connection import (
    Deadline,
    Dialer,
    Resolver,
    UnreachableError,
    WatchedDeadline,
    request,
)
from lipwire.adapters.http.guard import UrlGuard
from lipwire.domain.errors import (
    BusyError,
    InvalidSourceUrlError,
    MediaTooLargeError,
    SourceBadAnswerError,
    SourceRefusedError,
    SourceTooSlowError,
    SourceUnreachableError,
)
from lipwire.observability import logger
from lipwire.ports import ByteSink

_DEADLINE_S: Final = 200.0
_REDIRECTS: Final = 3
#: So often it is asked whether anybody still waits: a server that says nothing holds nobody's function for long.
_CHECK_EVERY_S: Final = 5.0
#: Failures in a row, without that much having arrived between them, before we give up.
_TRIES: Final = 4
_PROGRESS: Final = 64 * 1024
#: The first pause; each further one is four times as long.
_PAUSE_S: Final = 0.5

REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
#: Answers that may be another one in a moment.
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOCATION: Final = re.compile(r"[!-~]{1,2048}")
_STRONG_ETAG: Final = re.compile(r'"[!#-~]{0,200}"')
_RANGE: Final = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)")


class _PassingError(Exception):
    """It did not work this time; the text is a constant."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class _CappedError(_PassingError):
    """What was answered was whole, but less than was asked for: a server may give a range piece by piece."""


class GuardedFetcher:
    """`MediaFetcher` on sockets of its own."""

    def __init__(
        self,
        guard: UrlGuard,
        *,
        deadline_s: float = _DEADLINE_S,
        pause_s: float = _PAUSE_S,
        check_every_s: float = _CHECK_EVERY_S,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dialer = Dialer(guard, resolver=resolver, tls=tls)
        self._deadline_s = deadline_s
        self._pause_s = pause_s
        self._check_every_s = check_every_s

    def fetch(
        self,
        url: str,
        sink: ByteSink,
        *,
        max_bytes: int,
        within_s: float = _DEADLINE_S,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        """Every byte of the media has been written to the sink.

        Raises:
            InvalidSourceUrlError, SourceUnreachableError, SourceRefusedError, SourceBadAnswerError, SourceTooSlowError,
            MediaTooLargeError: what the sink has is to be thrown away.
            BusyError: the time was over, but it was the sink that took most of it.
            Exception: whatever `check` raises.
        """
        deadline = WatchedDeadline(
            min(self._deadline_s, within_s), check=check, every_s=self._check_every_s
        )
        transfer = _Transfer(sink, max_bytes)
        while True:
            transfer.attempt()
            try:
                self._attempt(url, transfer, deadline)
            except (UnreachableError, ssl.SSLCertVerificationError) as exc:
                logger.info("source not reached", reason=repr(exc))
                if deadline.is_over:
                    raise self._too_slow(transfer) from exc
                raise SourceUnreachableError from exc
            except (OSError, CutOffError, _PassingError) as exc:
                failures = transfer.failed(exc)
                if deadline.is_over:
                    raise self._too_slow(transfer) from exc
                if failures == _TRIES:
                    raise _last_word(exc) from exc
                if failures:
                    logger.info("fetch interrupted", received=transfer.received, reason=repr(exc))
                    time.sleep(min(self._pause_s * 4 ** (failures - 1), deadline.remaining))
            except AnswerError as exc:
                raise SourceBadAnswerError(f"The URL's server answered, but {exc}.") from exc
            else:
                return

    def _too_slow(self, transfer: "_Transfer") -> Exception:
        return BusyError() if transfer.sink_s > self._deadline_s / 2 else SourceTooSlowError()

    def _attempt(self, url: str, transfer: "_Transfer", deadline: Deadline) -> None:
        destination = self._dialer.guard.destination(url)
        if destination is None:
            raise InvalidSourceUrlError
        for _ in range(_REDIRECTS + 1):
            with self._dialer.connect(destination, deadline) as connection:
                connection.send(request("GET", destination, transfer.fields))
                answer = Answer(connection.receive)
                if answer.head.status not in REDIRECTING:
                    transfer.take(answer)
                    return
            url = redirected(url, answer.head.fields.get("location", ""))
            following = self._dialer.guard.destination(url)
            if following is None or (destination.is_tls and not following.is_tls):
                raise UnreachableError("a redirect leads where we don't go")
            destination = following
        raise AnswerError("it redirects more than three times")


class _Transfer:
    """How far a fetch has come, over all its attempts."""

    def __init__(self, sink: ByteSink, max_bytes: int) -> None:
        self._sink = sink
        self._max_bytes = max_bytes
        self._etag: str | None = None
        self._total: int | None = None
        self.received = 0
        self._begun_at = 0
        self._failures = 0
        #: How long the sink took with what it was given.
        self.sink_s = 0.0

    @property
    def fields(self) -> dict[str, str]:
        """What the next attempt asks for: the rest, if it is still the same file (RFC 9110, 13.1.5)."""
        agent = {"user-agent": "Lipwire"}
        if not self.received or self._etag is None:
            return agent
        return agent | {"range": f"bytes={self.received}-", "if-range": self._etag}

    def attempt(self) -> None:
        """Another one begins."""
        self._begun_at = self.received

    def failed(self, failure: Exception) -> int:
        """How many attempts in a row have failed with this one; one that got on is the first, or none, of a new row."""
        if self.received - self._begun_at < _PROGRESS:
            self._failures += 1
        else:
            self._failures = 0 if isinstance(failure, _CappedError) else 1
        return self._failures

    def take(self, answer: Answer) -> None:
        """The answer's body is in the sink.

        Raises:
            CutOffError, _PassingError: another attempt may bring the rest.
            AnswerError, SourceRefusedError, MediaTooLargeError: none will.
        """
        status = answer.head.status
        if status == 206:
            self._continue(answer)
        elif status == 200:
            self._begin(answer)
        elif status == 416 and self.received:
            self._forget()
            raise _PassingError("there is no such rest")
        elif status in _PASSING:
            raise _PassingError("it is not served just now", status=status)
        else:
            raise SourceRefusedError(_said(status), status=status)
        for piece in answer.body():
            self.received += len(piece)
            if self._total is not None and self.received > self._total:
                raise AnswerError("it sends more than it said there was")
            self._check(self.received)
            began = time.monotonic()
            self._sink.write(piece)
            self.sink_s += time.monotonic() - began
        if self._total is not None and self.received < self._total:
            raise (
                _CappedError("more is to come")
                if status == 206
                else CutOffError("it ended too early")
            )

    def _begin(self, answer: Answer) -> None:
        self._forget()
        self._total = answer.length
        if self._total is not None:
            self._check(self._total)
        etag = answer.head.fields.get("etag", "")
        self._etag = etag if _STRONG_ETAG.fullmatch(etag) else None

    def _continue(self, answer: Answer) -> None:
        span = _RANGE.fullmatch(answer.head.fields.get("content-range", ""))
        total = int(span[3]) if span and span[3] != "*" else None
        if "range" not in self.fields or span is None:
            raise AnswerError("it sends a part that was not asked for")
        known = self._total if total is None else total
        if int(span[1]) != self.received or self._total not in {None, known}:
            raise AnswerError("it sends another part than was asked for")
        # A server may ignore `If-Range`: what it sends now may be of another file than what came before.
        if answer.head.fields.get("etag", self._etag) != self._etag:
            self._forget()
            raise _PassingError("the file has changed")
        self._total = known
        if known is None:
            self._forget()
            raise _PassingError("it does not say where the rest ends")
        if not int(span[1]) <= int(span[2]) < known:
            raise AnswerError("it sends a part beyond its own end")

    def _forget(self) -> None:
        if self.received:
            self._sink.restart()
        self.received, self._etag, self._total = 0, None, None

    def _check(self, count: int) -> None:
        if count > self._max_bytes:
            raise MediaTooLargeError(
                f"The file at this URL has more than {self._max_bytes} bytes.",
                limit=self._max_bytes,
            )


def redirected(url: str, location: str) -> str:
    """Where a redirect leads (RFC 9110, 10.2.2); it has yet to be judged.

    Raises:
        AnswerError: it can't be understood.
    """
    if not _LOCATION.fullmatch(location):
        raise AnswerError("it redirects to nowhere")
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError as exc:
        raise AnswerError("it redirects to nowhere") from exc


def _said(status: int) -> str:
    return f"The URL's server answered {status} instead of the file."


def _last_word(failure: Exception) -> Exception:
    """What the owner is told once we have given up."""
    if isinstance(failure, _PassingError) and failure.status is not None:
        return SourceRefusedError(_said(failure.status), status=failure.status)
    if isinstance(failure, AnswerError | _CappedError):
        return SourceBadAnswerError(f"The URL's server answered, but {failure} each time.")
    return SourceUnreachableError()
