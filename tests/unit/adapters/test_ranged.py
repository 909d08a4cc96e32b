"""An object read by ranges is the object."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.ranged import RangedObject

DATA = bytes(range(256)) * 10_000


class Bucket:
    """Answers ranges, or with the whole where it is told to; counts what it was asked."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.asked: list[dict[str, str]] = []

    def get_object(self, **request: str) -> dict[str, io.BytesIO]:
        self.asked.append(request)
        first, _, last = request["Range"].removeprefix("bytes=").partition("-")
        data = DATA if self.whole else DATA[int(first) : int(last) + 1]
        return {"Body": io.BytesIO(data)}


def opened(*, whole: bool = False) -> tuple[RangedObject, Bucket]:
    """The object of `DATA`."""
    bucket = Bucket(whole=whole)
    made = RangedObject(bucket, bucket="b", key="k", version_id="v", size_bytes=len(DATA))
    return made, bucket


@pytest.mark.parametrize("whole", [False, True])
@given(offset=st.integers(0, len(DATA) + 10), size=st.integers(0, 1_500_000))
def test_any_piece_is_the_files_own(whole, offset, size):
    """Wherever a demuxer jumps, and whether or not the server honours ranges."""
    file, _ = opened(whole=whole)
    assert file.seek(offset) == offset
    assert file.read(size) == DATA[offset : offset + size]


def test_the_end_is_read_without_the_beginning():
    """An index at the end costs one block, of the pinned version."""
    file, bucket = opened()
    file.seek(-10, io.SEEK_END)
    assert file.read() == DATA[-10:]
    assert len(bucket.asked) == 1
    assert bucket.asked[0]["VersionId"] == "v"
