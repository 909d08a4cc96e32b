"""Objects on the emulator's S3: signed parts, completion, deletion."""

import base64
import hashlib
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

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


def answered(request: urllib.request.Request) -> tuple[int, str]:
    """Status and body of whatever is answered."""
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.fault(21)
def test_bytes_with_another_checksum_are_refused(platform, uploads):
    """What the client declared is signed into its upload: it can neither be left out nor changed."""
    client = platform.new_client()
    good, other = b"these bytes", b"those bytes"
    body = {"filename": "a.wav", "content_type": "audio/wav", "size_bytes": len(good)}
    made = client.call("POST", "/uploads", {**body, "sha256": hashlib.sha256(good).hexdigest()})
    url, headers = made["upload"]["url"], made["upload"]["headers"]
    key = f"uploads/{platform.account_of(client)}/{made['asset_id']}/source"
    honest = base64.b64encode(hashlib.sha256(other).digest()).decode()
    for data, sent in (
        (other, headers),
        (other, headers | {"x-amz-checksum-sha256": honest}),
        (good, {}),
    ):
        request = urllib.request.Request(url, method="PUT", data=data, headers=sent)
        assert 400 <= answered(request)[0] < 500
        assert uploads.head(key) is None
    request = urllib.request.Request(url, method="PUT", data=good, headers=headers)
    assert answered(request)[0] == 200
    assert uploads.head(key)[0] == len(good)


@pytest.mark.fault(23)
def test_an_upload_url_that_is_over_is_refused_and_another_can_be_had(
    platform, uploads, monkeypatch
):
    """By the store's clock, whatever the client's says; nothing stands in the way of a new one."""
    key = "uploads/acct_late/ast_late/source"
    with monkeypatch.context() as before:
        signed_at = datetime.now(UTC) - timedelta(hours=2)
        before.setattr("botocore.auth.get_current_datetime", lambda: signed_at)
        late = uploads.sign_put(key, size_bytes=3, expires_s=3600)
    status, said = answered(urllib.request.Request(late, method="PUT", data=b"abc"))
    assert (status, uploads.head(key)) == (403, None)
    assert "expired" in said
    client = platform.new_client()
    body = {"filename": "a.wav", "content_type": "audio/wav", "size_bytes": 3}
    first, second = (client.call("POST", "/uploads", body) for _ in range(2))
    assert first["asset_id"] != second["asset_id"]
    again = urllib.request.Request(second["upload"]["url"], method="PUT", data=b"abc")
    assert answered(again)[0] == 200


def test_parts_become_the_object_once_all_bytes_are_there(uploads):
    """A missing part is said to be missing and can still be sent; completing twice is harmless."""
    # Not where uploads lie: what comes there and belongs to nobody is erased.
    key, size = "elsewhere/acct_parts/ast_parts/source", PART + 10
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
    for key in ("elsewhere/a/b/source", "elsewhere/a/b/source", "elsewhere/a/c/source"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    uploads.delete_prefix("elsewhere/a/b/")
    left = s3.list_object_versions(Bucket=bucket, Prefix="elsewhere/a/")
    assert [version["Key"] for version in left["Versions"]] == ["elsewhere/a/c/source"]
    assert left.get("DeleteMarkers", []) == []
    uploads.delete_prefix("elsewhere/a/")


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
