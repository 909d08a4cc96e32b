"""Method, path, operation, decode, encode: what the function of uploads serves."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_uploads as codec
from lipwire.dialects.native.codec import from_deleted
from lipwire.dialects.native.routes import BASE

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "POST",
        f"{BASE}/uploads",
        Operation.CREATE_UPLOAD,
        codec.to_create_upload,
        codec.from_upload,
    ),
    Route(
        "POST",
        f"{BASE}/uploads/{{id}}/complete",
        Operation.COMPLETE_UPLOAD,
        codec.to_complete_upload,
        codec.from_asset,
    ),
    Route("GET", f"{BASE}/assets", Operation.LIST_ASSETS, codec.to_list_assets, codec.from_assets),
    Route(
        "GET", f"{BASE}/assets/{{id}}", Operation.GET_ASSET, codec.to_get_asset, codec.from_asset
    ),
    Route(
        "DELETE",
        f"{BASE}/assets/{{id}}",
        Operation.DELETE_ASSET,
        codec.to_delete_asset,
        from_deleted,
    ),
)
