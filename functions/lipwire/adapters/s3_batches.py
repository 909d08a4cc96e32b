"""What large batches are made of, in the work bucket."""

from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter

from lipwire.adapters.s3 import S3Objects
from lipwire.domain.batches import Batch, BatchLine
from lipwire.domain.errors import BusyError
from lipwire.domain.jobs import batches_prefix

_LINES: Final = TypeAdapter(tuple[BatchLine, ...])


class S3BatchLines:
    """`BatchLines`: one object for each batch, below its account's prefix.

    What S3 does not do now raises `BusyError`: the same will work in a moment.
    """

    def __init__(self, client: Any, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, batch: Batch, lines: Sequence[BatchLine]) -> None:
        """Before the batch's row, which leads to it; one that no row leads to leaves by the bucket's rule."""
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=_key(batch), Body=_LINES.dump_json(tuple(lines))
            )
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc

    def get(self, batch: Batch) -> tuple[BatchLine, ...]:
        """All of them, in their order; none where the object has left."""
        try:
            kept = self._client.get_object(Bucket=self._bucket, Key=_key(batch))["Body"].read()
        except BotoCoreError as exc:
            raise BusyError from exc
        except ClientError as exc:
            if exc.response["Error"]["Code"] == "NoSuchKey":
                return ()
            raise BusyError from exc
        return _LINES.validate_json(kept)

    def delete(self, batch: Batch) -> None:
        """Every version of it; harmless to repeat."""
        try:
            S3Objects(self._client, bucket=self._bucket).delete_prefix(_key(batch))
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc


def _key(batch: Batch) -> str:
    return f"{batches_prefix(batch.account_id)}{batch.id}.json"
