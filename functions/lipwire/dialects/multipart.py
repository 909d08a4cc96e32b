"""Reading forms with files (`multipart/form-data`, RFC 7578): what fits into one request of a function."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lipwire.dialects.base import WireRequest
from lipwire.domain.errors import BodyTooLargeError, InvalidRequestError

#: A function is handed at most 6 MB, in which binary bodies take a third more.
MAX_FORM_BYTES: Final = 4_500_000
_MAX_PARTS: Final = 200
_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_PARAMETER: Final = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; `filename` is None where it is no file."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str = "application/octet-stream"

    @property
    def text(self) -> str:
        """The field as text.

        Raises:
            InvalidRequestError: it is not UTF-8.
        """
        try:
            return self.data.decode()
        except UnicodeDecodeError as exc:
            raise _wrong(self.name, "it is not UTF-8") from exc


def is_form(request: WireRequest) -> bool:
    """Whether the body is a form with files."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def unbounded(request: WireRequest) -> bytes:
    """The body without its boundary, which a client makes anew for each try of the same form."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not is_form(request) or found is None:
        return request.body
    return request.body.replace((found.group(1) or found.group(2)).encode(), b"")


def read_form(request: WireRequest) -> Mapping[str, Sequence[Part]]:
    """The form's fields, each with its parts in their order.

    Raises:
        BodyTooLargeError: over `MAX_FORM_BYTES`.
        InvalidRequestError: no boundary, a part without name, too many of them, or an end that is missing.
    """
    if len(request.body) > MAX_FORM_BYTES:
        raise BodyTooLargeError(
            f"The form is larger than {MAX_FORM_BYTES} bytes; send larger files by URL, or as assets."
        )
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not is_form(request) or found is None:
        raise _wrong("body", "send multipart/form-data with a boundary")
    delimiter = b"\r\n--" + (found.group(1) or found.group(2)).encode()
    # The first delimiter may stand at the very beginning; what comes before it is nobody's.
    _, *pieces = (b"\r\n" + request.body).split(delimiter)
    fields: dict[str, list[Part]] = {}
    for piece in pieces[: _MAX_PARTS + 1]:
        if piece.startswith(b"--"):
            return fields
        part = _part(piece)
        fields.setdefault(part.name, []).append(part)
    raise _wrong("body", f"the form does not end after {_MAX_PARTS} parts at most")


def _part(piece: bytes) -> Part:
    # Spaces may follow a delimiter; then its line ends, and a part without headers begins with an empty line.
    _, end, rest = piece.partition(b"\r\n")
    head, gap, data = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if not end or not gap:
        raise _wrong("body", "a part of the form has no end of its headers")
    name = filename = None
    content_type = "application/octet-stream"
    for line in head.decode("utf-8", "replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            told = {key.lower(): text for key, text in _PARAMETER.findall(value)}
            name, filename = told.get("name"), told.get("filename")
        elif header.strip().lower() == "content-type":
            content_type = value.strip()
    if not name:
        raise _wrong("body", "a part of the form has no name")
    return Part(name, data, filename, content_type)


def _wrong(field: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The request is not valid: `{field}`: {message}.",
        errors=[{"field": field, "message": message}],
    )
