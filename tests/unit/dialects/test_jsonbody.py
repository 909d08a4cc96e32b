"""Whatever is sent as a body, what is wrong is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.dialects.base import WireRequest
from lipwire.dialects.jsonbody import MAX_BODY_BYTES, read_json
from lipwire.dialects.native.wire import JobIn
from lipwire.dialects.native.wire_uploads import UploadIn
from lipwire.domain.errors import BodyTooLargeError, InvalidRequestError

GOOD = b'{"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 5}'


def request(body: bytes) -> WireRequest:
    """A request with that body."""
    return WireRequest(method="POST", path="/", body=body)


def test_a_good_body_is_read():
    """Fields arrive as they were sent."""
    assert read_json(request(GOOD), UploadIn).size_bytes == 5


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (GOOD.replace(b"size_bytes", b"size"), "size"),
        (GOOD.replace(b"5}", b'"5"}'), "size_bytes"),
        (GOOD.replace(b"5}", b"0}"), "size_bytes"),
        (GOOD.replace(b"5}", b"5.5}"), "size_bytes"),
        (GOOD.replace(b'"video/mp4"', b'"nonsense"'), "content_type"),
        (b"[]", "body"),
    ],
)
def test_a_wrong_field_is_named(body, field):
    """The error lists the field that is wrong."""
    with pytest.raises(InvalidRequestError) as caught:
        read_json(request(body), UploadIn)
    assert field in [problem["field"] for problem in caught.value.fields["errors"]]


def test_a_nested_field_is_named_by_its_path():
    """`source.asset_id` says where to look."""
    body = b'{"source": {"asset_id": "x"}, "speech": {"asset_id": "ast_%s"}}' % (b"0" * 26)
    with pytest.raises(InvalidRequestError) as caught:
        read_json(request(body), JobIn)
    assert caught.value.fields["errors"][0]["field"] == "source.asset_id"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"filename": "a", "filename": "b"}',
        b"[" * 100_000,
        GOOD.replace(b"5}", b"1" + b"0" * 5000 + b"}"),
    ],
)
def test_what_is_no_json_is_refused(body):
    """Broken, doubled, endless and absurd bodies are refused, not crashed on."""
    with pytest.raises(InvalidRequestError):
        read_json(request(body), UploadIn)


def test_a_huge_body_is_refused_unread():
    """Media does not go through JSON."""
    with pytest.raises(BodyTooLargeError):
        read_json(request(b" " * (MAX_BODY_BYTES + 1)), UploadIn)


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(body):
    """Random bytes are never a job, and always refused as such."""
    with pytest.raises(InvalidRequestError):
        read_json(request(body), JobIn)
