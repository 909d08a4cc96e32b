"""HTTP/1.1 answers, read strictly: whatever two readers could understand in two ways is refused (RFC 9112)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

#: Of a head, all interim ones included.
HEAD_BYTES: Final = 32 * 1024
HEAD_LINES: Final = 100
PIECE: Final = 64 * 1024

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_LENGTH: Final = re.compile(r"[0-9]{1,15}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\x00\r\n]{0,256})?")
#: Statuses whose answers have no body.
_BODILESS: Final = frozenset({204, 304})

Receive = Callable[[int], bytes]


class AnswerError(Exception):
    """What came is no answer that we read; the message is a constant, for our log and the customer."""


class CutOffError(AnswerError):
    """The answer ended before its end."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status, and the fields by lower-case name; repeated ones joined by commas."""

    status: int
    fields: Mapping[str, str]


class Answer:
    """One answer as it arrives: a head, then pieces of its body."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._pending = b""
        self._head_bytes = 0
        self.head = self._read_head()
        while self.head.status < 200:
            self.head = self._read_head()

    @property
    def length(self) -> int | None:
        """What the body's length is said to be.

        Raises:
            AnswerError: it is said in a way that can't be understood.
        """
        said = self.head.fields.get("content-length")
        if said is None or "transfer-encoding" in self.head.fields:
            return None
        if not _LENGTH.fullmatch(said):
            raise AnswerError("its content length is no number")
        return int(said)

    def body(self) -> Iterator[bytes]:
        """The body in pieces of at most 64 kB, to its very end.

        Raises:
            CutOffError: it ended before that.
            AnswerError: it is compressed, or framed in a way we don't read.
        """
        fields = self.head.fields
        if fields.get("content-encoding", "identity").lower() != "identity":
            raise AnswerError("it is compressed although that was not asked for")
        coding = fields.get("transfer-encoding")
        if coding is not None and (coding.lower() != "chunked" or "content-length" in fields):
            raise AnswerError("its transfer encoding is not understood")
        if self.head.status in _BODILESS:
            return
        if coding is not None:
            yield from self._chunks()
        elif (length := self.length) is not None:
            yield from self._exactly(length)
        else:
            while piece := self._some(PIECE):
                yield piece

    def _read_head(self) -> Head:
        status = _STATUS_LINE.fullmatch(self._line())
        if status is None:
            raise AnswerError("it is no HTTP/1.1")
        fields: dict[str, str] = {}
        for _ in range(HEAD_LINES):
            line = self._line()
            if not line:
                return Head(int(status[1]), fields)
            field = _FIELD.fullmatch(line)
            if field is None:
                raise AnswerError("one of its header lines is malformed")
            name, value = field[1].decode("ascii").lower(), field[2].decode("latin-1")
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        raise AnswerError("it has too many header lines")

    def _chunks(self) -> Iterator[bytes]:
        while True:
            size = _CHUNK.fullmatch(self._line())
            if size is None:
                raise AnswerError("one of its chunks is malformed")
            if int(size[1], 16) == 0:
                break
            yield from self._exactly(int(size[1], 16))
            if self._line():
                raise AnswerError("one of its chunks is longer than said")
            # Sizes are counted against the head's limit for one chunk at a time: a body has any number of chunks.
            self._head_bytes = 0
        for _ in range(HEAD_LINES):
            if not self._line():
                return
        raise AnswerError("it has too many trailing lines")

    def _exactly(self, count: int) -> Iterator[bytes]:
        while count:
            piece = self._some(min(count, PIECE))
            if not piece:
                raise CutOffError("it ended too early")
            count -= len(piece)
            yield piece

    def _line(self) -> bytes:
        """The next line of a head, without its end."""
        while b"\n" not in self._pending:
            if len(self._pending) + self._head_bytes > HEAD_BYTES:
                raise AnswerError("its head is too long")
            more = self._receive(4096)
            if not more:
                raise CutOffError("it ended within its head")
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        self._head_bytes += len(line) + 1
        if self._head_bytes > HEAD_BYTES:
            raise AnswerError("its head is too long")
        return line.removesuffix(b"\r")

    def _some(self, limit: int) -> bytes:
        if self._pending:
            piece, self._pending = self._pending[:limit], self._pending[limit:]
            return piece
        return self._receive(limit)
