"""Objects on S3."""

from typing import Any, Final
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.adapters.s3_writer import S3Writer
from lipwire.domain.errors import BusyError, UploadIncompleteError
from lipwire.domain.jobs import RenderPlan, RenderReport, plan_key, result_key
from lipwire.domain.shards import ShardCut, ShardReport, cut_key, part_report_key, parts_prefix
from lipwire.domain.views import UploadPart

#: Without s3:ListBucket, S3 answers 403 for a key that isn't there.
_NOT_FOUND: Final = frozenset({"404", "NoSuchKey", "NotFound", "403", "AccessDenied"})
#: A conditional put met an object.
_TAKEN: Final = frozenset({"PreconditionFailed", "412"})
_BAD_PARTS: Final = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


class S3Objects:
    """`ObjectStore` (and, on stages without CloudFront, `ResultUrls`) on one bucket.

    `client` must sign with `s3v4`: the old scheme always signs Content-Type, which breaks browser uploads.
    """

    def __init__(self, client: Any, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def sign_put(
        self, key: str, *, size_bytes: int | None, expires_s: int, sha256: str | None = None
    ) -> str:
        """A URL that takes exactly `size_bytes` bytes by PUT, or any number where None, of any content type.

        With `sha256` (base64) it takes those very bytes, sent with `x-amz-checksum-sha256`.
        """
        params: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if size_bytes is not None:
            params["ContentLength"] = size_bytes
        if sha256 is not None:
            params["ChecksumSHA256"] = sha256
        url: str = self._client.generate_presigned_url(
            "put_object", Params=params, ExpiresIn=expires_s
        )
        return url

    def sign_get(self, key: str, *, expires_s: int, filename: str | None = None) -> str:
        """A URL that gives the object by GET; browsers save it as `filename` (RFC 6266)."""
        params = {"Bucket": self._bucket, "Key": key}
        if filename is not None:
            plain = filename.encode("ascii", "replace").decode().replace("?", "_")
            params["ResponseContentDisposition"] = (
                f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
            )
        url: str = self._client.generate_presigned_url(
            "get_object", Params=params, ExpiresIn=expires_s
        )
        return url

    sign = sign_get

    def start_multipart(
        self, key: str, *, parts: int, expires_s: int
    ) -> tuple[str, tuple[UploadPart, ...]]:
        """The upload's id, and a signed URL for each part."""
        upload_id: str = self._client.create_multipart_upload(Bucket=self._bucket, Key=key)[
            "UploadId"
        ]
        signed = tuple(
            UploadPart(
                number,
                self._client.generate_presigned_url(
                    "upload_part",
                    Params={
                        "Bucket": self._bucket,
                        "Key": key,
                        "UploadId": upload_id,
                        "PartNumber": number,
                    },
                    ExpiresIn=expires_s,
                ),
            )
            for number in range(1, parts + 1)
        )
        return upload_id, signed

    def complete_multipart(self, key: str, upload_id: str, *, size_bytes: int) -> None:
        """The parts that arrived become the object, once they hold all its bytes; harmless to repeat."""
        target = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        try:
            pages = self._client.get_paginator("list_parts").paginate(**target)
            parts = [part for page in pages for part in page.get("Parts", [])]
            arrived = sum(part["Size"] for part in parts)
            if arrived != size_bytes:
                raise UploadIncompleteError(f"{arrived} of {size_bytes} bytes have arrived.")
            listed = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]
            self._client.complete_multipart_upload(**target, MultipartUpload={"Parts": listed})
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code == "NoSuchUpload" and self.head(key) is not None:
                return
            if code in _BAD_PARTS:
                raise UploadIncompleteError from exc
            raise

    def abort_unfinished(self, prefix: str) -> None:
        """Keyed by each upload's id; one that ended meanwhile is left alone."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            for one in page.get("Uploads", []):
                try:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=one["Key"], UploadId=one["UploadId"]
                    )
                except ClientError as exc:
                    if exc.response["Error"]["Code"] != "NoSuchUpload":
                        raise

    def writer(self, key: str) -> S3Writer:
        """What writes the object piece by piece."""
        return S3Writer(self._client, bucket=self._bucket, key=key)

    def head(self, key: str) -> tuple[int, str | None] | None:
        """Size and version id, or None when nothing is there."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _NOT_FOUND:
                return None
            raise
        return found["ContentLength"], found.get("VersionId")

    def find(self, key: str) -> tuple[int, str | None] | None:
        """Size and version id of the latest version, from the bucket's list; None when nothing is there."""
        found = self._client.list_object_versions(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        # The latest version of the first key that begins so comes first; longer keys sort behind.
        for one in found.get("Versions", []):
            if one["Key"] == key and one["IsLatest"]:
                return one["Size"], one["VersionId"]
        return None

    def delete_prefix(self, prefix: str) -> None:
        """Every version of every object below the prefix is gone."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            doomed = [
                {"Key": row["Key"], "VersionId": row["VersionId"]}
                for row in page.get("Versions", []) + page.get("DeleteMarkers", [])
            ]
            if doomed:
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": doomed, "Quiet": True}
                )
                # It answers 200 and names what it could not delete.
                if answer.get("Errors"):
                    raise BusyError("Some of the files could not be deleted yet.")


class S3Work:
    """`WorkStore` on the work bucket."""

    def __init__(self, client: Any, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put_plan(self, plan: RenderPlan) -> None:
        """The plan lies at its key; the same step run again writes the same plan."""
        self._client.put_object(
            Bucket=self._bucket, Key=plan_key(plan.id), Body=plan.model_dump_json().encode()
        )

    def plan(self, task_id: str) -> RenderPlan:
        """The plan of a job or an analysis."""
        return RenderPlan.model_validate_json(self._read(plan_key(task_id)))

    def put_report(self, task_id: str, report: RenderReport) -> None:
        """The report lies at its key."""
        self._client.put_object(
            Bucket=self._bucket, Key=result_key(task_id), Body=report.model_dump_json().encode()
        )

    def report(self, task_id: str) -> RenderReport | None:
        """The report, or None when no container has left one."""
        try:
            return RenderReport.model_validate_json(self._read(result_key(task_id)))
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _NOT_FOUND:
                return None
            raise

    def agree_cut(self, job_id: str, cut: ShardCut) -> None:
        """The first cut that was put counts; a later one changes nothing."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=cut_key(job_id),
                Body=cut.model_dump_json().encode(),
                IfNoneMatch="*",
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in _TAKEN:
                raise

    def cut(self, job_id: str) -> ShardCut:
        """Where the output is cut, as it was agreed."""
        return ShardCut.model_validate_json(self._read(cut_key(job_id)))

    def put_shard(self, job_id: str, index: int, report: ShardReport) -> None:
        """What a part's container says lies beside the part."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=part_report_key(job_id, index),
            Body=report.model_dump_json().encode(),
        )

    def shard(self, job_id: str, index: int) -> ShardReport:
        """What a part's container said."""
        return ShardReport.model_validate_json(self._read(part_report_key(job_id, index)))

    def drop_shards(self, job_id: str) -> None:
        """Nothing of the job's parts is left.

        Raises:
            BusyError: S3 would not have it now.
        """
        try:
            S3Objects(self._client, bucket=self._bucket).delete_prefix(parts_prefix(job_id))
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc

    def _read(self, key: str) -> bytes:
        body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body
