"""Objects as local files, streamed: a container's way in and out."""

import shutil
from pathlib import Path
from typing import Any, Final

from boto3.s3.transfer import S3Transfer
from botocore.exceptions import ClientError

from lipwire.adapters.s3 import S3Objects

#: Without s3:ListBucket, S3 answers AccessDenied for a key that isn't there.
_NOT_FOUND: Final = frozenset({"NoSuchKey", "NoSuchVersion", "AccessDenied", "404"})


class S3Files:
    """`Files` on S3."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """The object's bytes lie at `path`, streamed; False when there is no such object."""
        target = {"Bucket": bucket, "Key": key} | ({"VersionId": version_id} if version_id else {})
        try:
            body = self._client.get_object(**target)["Body"]
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _NOT_FOUND:
                return False
            raise
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            shutil.copyfileobj(body, file, 1 << 20)
        partial.rename(path)
        return True

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None:
        """The file lies at the key."""
        S3Transfer(self._client).upload_file(
            str(path), bucket, key, extra_args={"ContentType": content_type}
        )

    def remove(self, bucket: str, prefix: str) -> None:
        """Every version of every object below the prefix is gone."""
        S3Objects(self._client, bucket=bucket).delete_prefix(prefix)
