"""An upload that nobody has stored yet."""

from base64 import b64encode
from datetime import timedelta
from typing import Final

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import CreateUpload
from lipwire.domain.errors import InvalidRequestError, MediaTooLargeError
from lipwire.domain.ids import AssetId
from lipwire.domain.numbers import numbered
from lipwire.domain.views import UploadView
from lipwire.ports import Clock, IdSource, ObjectStore

EXPIRES_S: Final = 3600
#: Longer than any workflow runs.
FETCHED_WITHIN_S: Final = 24 * 3600
#: S3 takes at most 5 GB in one PUT.
SINGLE_PUT_BYTES: Final = 5 * 1000**3
PART_BYTES: Final = 64 * 1024**2


def draft_upload(
    command: CreateUpload, caller: Caller, *, uploads: ObjectStore, clock: Clock, ids: IdSource
) -> UploadView:
    """An asset that nobody has stored yet, and the signed URL (or part URLs) to send its bytes to.

    With a URL, the asset waits to be fetched from there, and nothing is signed.

    Where the size is not known yet, the URL takes any; the probe refuses what is more than the plan allows.

    A checksum that is given is signed into the URL: the store takes no other bytes. Parts have none of the whole.

    Raises:
        MediaTooLargeError: more bytes than the account's plan allows.
        InvalidRequestError: a checksum for a file that is sent in parts.
    """
    limit = caller.account.limits.max_upload_bytes
    size_bytes = command.size_bytes or 0
    if size_bytes > limit:
        raise MediaTooLargeError(
            f"The file has {size_bytes} bytes; this account may send {limit}.", limit=limit
        )
    if command.sha256 is not None and size_bytes > SINGLE_PUT_BYTES:
        raise InvalidRequestError(
            "A file that is sent in parts can't be checked as a whole.",
            errors=[{"field": "sha256", "message": f"only up to {SINGLE_PUT_BYTES} bytes"}],
        )
    now, asset_id = clock.now(), ids.new("ast")
    if command.is_numbered:
        asset_id = numbered(asset_id, caller.account.id)
    by_url = command.source_url is not None
    asset = Asset(
        id=AssetId(asset_id),
        account_id=caller.account.id,
        status=AssetStatus.AWAITING_UPLOAD,
        filename=command.filename,
        content_type=command.content_type,
        size_bytes=size_bytes,
        created_at=now,
        upload_expires_at=now + timedelta(seconds=FETCHED_WITHIN_S if by_url else EXPIRES_S),
        url=command.source_url,
        holds_fetch=by_url,
        echo=command.echo,
    )
    if by_url:
        view = UploadView(asset=asset, headers={})
    elif size_bytes > SINGLE_PUT_BYTES:
        count = -(-size_bytes // PART_BYTES)
        upload_id, parts = uploads.start_multipart(asset.key, parts=count, expires_s=EXPIRES_S)
        asset = asset.model_copy(update={"multipart_upload_id": upload_id})
        view = UploadView(asset=asset, headers={}, parts=parts, part_size=PART_BYTES)
    else:
        checksum = (
            None if command.sha256 is None else b64encode(bytes.fromhex(command.sha256)).decode()
        )
        url = uploads.sign_put(
            asset.key, size_bytes=command.size_bytes, expires_s=EXPIRES_S, sha256=checksum
        )
        headers = {} if command.size_bytes is None else {"Content-Length": str(size_bytes)}
        if checksum is not None:
            headers["x-amz-checksum-sha256"] = checksum
        view = UploadView(asset=asset, url=url, headers=headers)
    return view
