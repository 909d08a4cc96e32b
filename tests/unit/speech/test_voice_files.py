"""Files of an operator's own voices, as the function that speaks by them fetches and keeps them."""

import fcntl

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from lipwire.adapters.speech.networks.catalogue import VoiceFile
from lipwire.adapters.speech.networks.store import BucketVoiceFiles
from lipwire.domain.errors import BusyError, SpeechFailedError


class Bucket:
    """S3, as far as files are got from it."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)

    def get_object(self, **_names: str) -> dict[str, "Bucket"]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.body = answer
        return {"Body": self}

    def iter_chunks(self, size: int):
        assert size
        yield self.body[:2]
        if self.body == CUT:
            raise ReadTimeoutError(endpoint_url="https://s3.test")
        yield self.body[2:]


CUT = b"he"
FILE = VoiceFile(
    key="a.onnx",
    sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    size_bytes=5,
)


def test_a_file_is_fetched_once_and_is_the_one_that_was_deployed(tmp_path):
    """Another one is not spoken with; half of one is not kept."""
    files = BucketVoiceFiles(Bucket(b"hellx", b"hello"), bucket="b", folder=tmp_path / "voices")
    with pytest.raises(SpeechFailedError):
        files.path(FILE)
    assert list((tmp_path / "voices").iterdir()) == []
    assert files.path(FILE).read_bytes() == b"hello"
    assert files.path(FILE).read_bytes() == b"hello"


def error(code: str) -> ClientError:
    """What S3 refuses with."""
    return ClientError({"Error": {"Code": code}}, "GetObject")


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (error("NoSuchKey"), SpeechFailedError),
        (error("AccessDenied"), SpeechFailedError),
        (error("SlowDown"), BusyError),
        (EndpointConnectionError(endpoint_url="https://s3.test"), BusyError),
    ],
)
def test_a_file_that_cannot_be_fetched_fails_the_speech_unless_it_passes(tmp_path, failure, raised):
    """As every engine does."""
    files = BucketVoiceFiles(Bucket(failure), bucket="b", folder=tmp_path)
    with pytest.raises(raised):
        files.path(FILE)
    assert list(tmp_path.iterdir()) == []


def test_half_of_a_file_leaves_when_the_rest_does_not_come(tmp_path):
    """The disk has room for all voices once: three such halves would fill it for good."""
    files = BucketVoiceFiles(Bucket(CUT, b"hello"), bucket="b", folder=tmp_path)
    with pytest.raises(BusyError):
        files.path(FILE)
    assert list(tmp_path.iterdir()) == []
    assert files.path(FILE).read_bytes() == b"hello"


def test_what_a_call_left_that_was_ended_is_swept_and_what_another_writes_is_not(tmp_path):
    """A time-out lets nobody tidy up."""
    (tmp_path / "half-of-an-ended-call").write_bytes(b"he")
    with (tmp_path / "half-of-another").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        files = BucketVoiceFiles(Bucket(b"hello"), bucket="b", folder=tmp_path)
        assert files.path(FILE).read_bytes() == b"hello"
    assert {one.name for one in tmp_path.iterdir()} == {FILE.sha256, "half-of-another"}
