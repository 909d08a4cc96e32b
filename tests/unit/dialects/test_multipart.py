"""Forms with files, as clients write them and as nobody should."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.dialects.base import WireRequest
from lipwire.dialects.multipart import MAX_FORM_BYTES, Part, is_form, read_form, unbounded
from lipwire.domain.errors import BodyTooLargeError, InvalidRequestError
from lipwire.domain.idempotency import fingerprint

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def request(body: bytes, content_type: str = f"multipart/form-data; boundary={BOUNDARY}"):
    """A request with that body."""
    return WireRequest(method="POST", path="/", headers={"content-type": content_type}, body=body)


def part(head: str, data: bytes) -> bytes:
    """One part with its delimiter."""
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def test_fields_and_files_are_read_byte_for_byte():
    """Line ends, zeros and what looks like a delimiter stay inside a file; a preamble is nobody's."""
    data = b"\x00\r\n--" + BOUNDARY[:-1].encode() + b"\r\n\r\n\xff--\r\n"
    about = 'Content-Disposition: form-data; name="video"; filename="my \\"clip\\".mp4"'
    body = (
        b"preamble\r\n"
        + part('Content-Disposition: form-data; name="model"', "é".encode())
        + part(f"{about}\r\nContent-Type: video/mp4", data)
        + part('content-disposition:form-data; name="model"', b"")
        + END
    )
    form = read_form(request(body))
    assert form["video"] == [Part("video", data, 'my \\"clip\\".mp4', "video/mp4")]
    assert [one.text for one in form["model"]] == ["é", ""]
    assert form["model"][0].filename is None


def test_a_boundary_may_be_quoted_and_the_word_written_as_one_likes():
    """Both are the standard's."""
    for content_type in (
        f'Multipart/Form-Data; charset=utf-8; Boundary="{BOUNDARY}"',
        f"multipart/form-data;boundary={BOUNDARY}; charset=utf-8",
    ):
        assert read_form(request(END, content_type)) == {}
    assert not is_form(request(b"{}", "application/json"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        part('Content-Disposition: form-data; name="a"', b"1"),
        part("Content-Type: text/plain", b"1") + END,
        part('Content-Disposition: form-data; name=""', b"1") + END,
        f"--{BOUNDARY}\r\nno end of headers".encode() + b"\r\n" + END,
        part('Content-Disposition: form-data; name="a"', b"1") * 300 + END,
    ],
)
def test_what_is_no_form_is_refused(body):
    """Without an end, a name or an end of its headers, or with too many parts."""
    with pytest.raises(InvalidRequestError):
        read_form(request(body))


def test_a_form_needs_its_boundary_and_a_size():
    """Before anything is split."""
    with pytest.raises(InvalidRequestError):
        read_form(request(END, "multipart/form-data"))
    with pytest.raises(BodyTooLargeError):
        read_form(request(b"x" * (MAX_FORM_BYTES + 1)))
    with pytest.raises(InvalidRequestError):
        _ = Part("a", b"\xff").text


@given(st.binary(max_size=200), st.lists(st.sampled_from([END, b"\r\n--", b"name=", b"\r\n"])))
def test_nothing_but_our_errors_comes_of_any_bytes(data, pieces):
    """Whatever is sent."""
    body = f"--{BOUNDARY}\r\n".encode() + data + b"".join(pieces)
    with suppress(InvalidRequestError):
        read_form(request(body))


def test_the_same_form_under_another_boundary_is_the_same_request():
    """A client makes the boundary anew when it tries again; another file is another request."""

    def print_of(boundary: str, data: bytes) -> str:
        body = part('Content-Disposition: form-data; name="a"', data) + END
        body = body.replace(BOUNDARY.encode(), boundary.encode())
        return fingerprint(
            unbounded(request(body, f"multipart/form-data; boundary={boundary}")), {}
        )

    assert print_of("one", b"1") == print_of("another", b"1")
    assert print_of("one", b"1") != print_of("one", b"2")
    assert unbounded(request(b"{}", "application/json")) == b"{}"
