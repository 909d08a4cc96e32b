"""Objects on the emulator's S3: signed parts, completion, deletion."""

import urllib.request

import pytest

from lipwire.adapters.s3 import S3Objects, S3Work
from lipwire.domain.errors import UploadIncompleteError
from lipwire.domain.shards import ShardCut, ShardReport, parts_prefix

PART = 5 * 1024**2


@pytest.fixture
def uploads(platform) -> S3Objects:
    """The uploads bucket."""
    return S3Objects(platform.aws("s3"), bucket=platform.names["UPLOADS_BUCKET"])


def put(url: str, data: bytes) -> None:
    """One signed PUT, as a client sends it."""
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT", data=data)):
        pass


def test_parts_become_the_object_once_all_bytes_are_there(uploads):
    """A missing part is said to be missing and can still be sent; completing twice is harmless."""
    key, size = "uploads/acct_parts/ast_parts/source", PART + 10
    upload_id, parts = uploads.start_multipart(key, parts=2, expires_s=60)
    put(parts[0].url, bytes(PART))
    with pytest.raises(UploadIncompleteError, match=str(size)):
        uploads.complete_multipart(key, upload_id, size_bytes=size)
    put(parts[1].url, bytes(10))
    uploads.complete_multipart(key, upload_id, size_bytes=size)
    uploads.complete_multipart(key, upload_id, size_bytes=size)
    assert uploads.head(key)[0] == size
    uploads.delete_prefix(key)
    assert uploads.head(key) is None


def test_a_deletion_takes_every_version(platform, uploads):
    """And nothing beside the prefix."""
    s3, bucket = platform.aws("s3"), platform.names["UPLOADS_BUCKET"]
    for key in ("uploads/a/b/source", "uploads/a/b/source", "uploads/a/c/source"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    uploads.delete_prefix("uploads/a/b/")
    left = s3.list_object_versions(Bucket=bucket, Prefix="uploads/a/")
    assert [version["Key"] for version in left["Versions"]] == ["uploads/a/c/source"]
    assert left.get("DeleteMarkers", []) == []
    uploads.delete_prefix("uploads/a/")


def test_the_first_cut_counts_and_parts_leave_nothing(platform):
    """Whatever a late attempt would like; dropped are all of this job's parts and no other's."""
    work = S3Work(platform.aws("s3"), bucket=platform.names["WORK_BUCKET"])
    first = ShardCut(seams=(1000, 2000), analysis_key="parts/job_cut/analysis-1.npz")
    work.agree_cut("job_cut", first)
    work.agree_cut("job_cut", ShardCut(seams=(1500,), analysis_key="other"))
    assert work.cut("job_cut") == first
    report = ShardReport(first=3, of=9, begins_s="3/25", quality={"score": 0.5})
    for job in ("job_cut", "job_cutting"):
        work.put_shard(job, 1, report)
    assert work.shard("job_cut", 1) == report
    work.drop_shards("job_cut")
    assert platform.work_keys(parts_prefix("job_cut")) == []
    assert work.shard("job_cutting", 1) == report
    work.drop_shards("job_cutting")
