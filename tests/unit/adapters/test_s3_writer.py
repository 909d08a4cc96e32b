"""Objects written piece by piece, over a client that counts; the emulator has its say in tests/integration."""

import tracemalloc

import pytest
from botocore.exceptions import ClientError

from lipwire.adapters.s3_writer import PART_BYTES, S3Writer
from lipwire.domain.errors import BusyError


class Client:
    """Keeps the sizes of what it is sent."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.calls: list[tuple[str, object]] = []

    def __getattr__(self, name: str):
        def call(*, Bucket: str, Key: str, **more: object) -> dict[str, str]:  # noqa: N803  # AWS's words
            assert (Bucket, Key) == ("bucket", "uploads/a")
            if name == self.failing:
                raise ClientError({"Error": {"Code": "SlowDown"}}, name)
            body = more.get("Body")
            self.calls.append(
                (name, len(body) if isinstance(body, bytes) else more.get("PartNumber"))
            )
            return {"UploadId": "u", "ETag": f"e{more.get('PartNumber')}"}

        return call


def writer(client: Client) -> S3Writer:
    """A writer of one object."""
    return S3Writer(client, bucket="bucket", key="uploads/a")


def fail_in_the_middle(client: Client) -> None:
    """A source that breaks after one part."""
    with writer(client) as sink:
        sink.write(bytes(PART_BYTES))
        sink.write(bytes(1 // 0))


def test_a_small_object_is_one_put():
    """Even of nothing at all: the probe refuses it by name."""
    for data in (b"abc", b""):
        client = Client()
        with writer(client) as sink:
            sink.write(data)
        assert client.calls == [("put_object", len(data))]


def test_a_large_object_is_sent_in_parts_and_never_held_whole():
    """Whatever the pieces; a few parts' worth of memory for ten of data."""
    client = Client()
    piece = bytes(70_000)
    tracemalloc.start()
    with writer(client) as sink:
        for _ in range(10 * PART_BYTES // len(piece) + 1):
            sink.write(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sizes = [size for name, size in client.calls if name == "upload_part"]
    assert sizes[:-1] == [PART_BYTES] * (len(sizes) - 1)
    assert sum(sizes) == (10 * PART_BYTES // len(piece) + 1) * len(piece)
    assert [client.calls[0][0], client.calls[-1][0]] == [
        "create_multipart_upload",
        "complete_multipart_upload",
    ]
    assert peak < 4 * PART_BYTES


@pytest.mark.fault(46)
def test_what_fails_leaves_nothing_behind():
    """The upload is aborted, in the middle as at the end."""
    client = Client()
    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle(client)
    assert client.calls[-1][0] == "abort_multipart_upload"
    broken = Client("complete_multipart_upload")
    with pytest.raises(BusyError), writer(broken) as sink:
        sink.write(bytes(PART_BYTES))
    assert broken.calls[-1][0] == "abort_multipart_upload"


def test_a_restart_forgets_what_was_written():
    """Parts too; a small rest is a plain put."""
    client = Client()
    with writer(client) as sink:
        sink.write(bytes(PART_BYTES + 1))
        sink.restart()
        sink.write(b"new")
    assert [name for name, _ in client.calls[-2:]] == ["abort_multipart_upload", "put_object"]
    assert client.calls[-1] == ("put_object", 3)


def test_an_abort_that_fails_hides_no_error():
    """The bucket's rule removes what is left after a day."""
    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle(Client("abort_multipart_upload"))
