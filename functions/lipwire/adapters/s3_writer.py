"""An object that grows piece by piece."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError
from lipwire.observability import logger

#: S3 takes 10,000 parts, all but the last of at least 5 MiB; this much is held in memory.
PART_BYTES: Final = 8 * 1024**2


class S3Writer:
    """`ByteSink` that is there whole once the `with` block ends well, and leaves nothing behind otherwise.

    Each call waits for S3 as long as the client's timeouts and retries say; then it raises `BusyError`.
    """

    def __init__(self, client: Any, *, bucket: str, key: str) -> None:
        self._client = client
        self._target = {"Bucket": bucket, "Key": key}
        self._upload_id: str | None = None
        self._etags: list[str] = []
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with _served():
                    self._complete()
        finally:
            self._abort()

    def write(self, data: bytes) -> None:
        """These bytes come next; a part is sent as soon as there is one."""
        self._buffer += data
        while len(self._buffer) >= PART_BYTES:
            with _served():
                self._send(PART_BYTES)

    def restart(self) -> None:
        """Nothing has been written."""
        self._buffer.clear()
        self._abort()

    def _complete(self) -> None:
        if self._upload_id is None:
            self._client.put_object(**self._target, Body=bytes(self._buffer))
            return
        if self._buffer:
            self._send(len(self._buffer))
        parts = [
            {"PartNumber": number, "ETag": etag} for number, etag in enumerate(self._etags, start=1)
        ]
        self._client.complete_multipart_upload(
            **self._target, UploadId=self._upload_id, MultipartUpload={"Parts": parts}
        )
        self._upload_id = None

    def _send(self, size: int) -> None:
        if self._upload_id is None:
            self._upload_id = self._client.create_multipart_upload(**self._target)["UploadId"]
        part = bytes(self._buffer[:size])
        del self._buffer[:size]
        sent = self._client.upload_part(
            **self._target, UploadId=self._upload_id, PartNumber=len(self._etags) + 1, Body=part
        )
        self._etags.append(sent["ETag"])

    def _abort(self) -> None:
        upload_id, self._upload_id = self._upload_id, None
        self._etags = []
        if upload_id is None:
            return
        try:
            self._client.abort_multipart_upload(**self._target, UploadId=upload_id)
        except (BotoCoreError, ClientError):
            # The bucket's lifecycle rule removes what is left of it.
            logger.warning("an unfinished upload could not be aborted")


@contextmanager
def _served() -> Iterator[None]:
    """What S3 does not do is ours to do again later, not the fault of what is written."""
    try:
        yield
    except (BotoCoreError, ClientError) as exc:
        raise BusyError from exc
