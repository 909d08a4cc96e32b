"""sync.so's media library: assets of the account as its JSON."""

from typing import Any, Final
from urllib.parse import quote

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.sync_so import wire
from lipwire.dialects.sync_so.codec import ASSETS, answer, iso, number, own_asset
from lipwire.dialects.sync_so.errors import wrong
from lipwire.domain import commands_uploads as commands
from lipwire.domain.assets import Asset
from lipwire.domain.ids import AssetId
from lipwire.domain.media import MediaKind
from lipwire.domain.views import Page, UploadView

_TYPES: Final[dict[MediaKind, wire.AssetType]] = {
    MediaKind.VIDEO: "VIDEO",
    MediaKind.AUDIO: "AUDIO",
    MediaKind.IMAGE: "IMAGE",
}


def to_list(request: WireRequest) -> commands.ListAssets:
    """GET /v2/assets."""
    query = validate(wire.AssetsQuery, dict(request.query))
    wanted = query.types or []
    return commands.ListAssets(
        limit=query.limit,
        cursor=query.cursor,
        kinds=tuple(kind for kind, word in _TYPES.items() if word in wanted),
        name_part=query.searchQuery,
        has_arrived=True,
    )


def to_get(request: WireRequest) -> commands.GetAsset:
    """GET /v2/assets/{id}."""
    return commands.GetAsset(asset_id=AssetId(request.path_params["id"]))


def to_upload(request: WireRequest) -> commands.CreateUpload:
    """POST /v2/assets/upload."""
    body = read_json(request, wire.UploadIn)
    return commands.CreateUpload(
        filename=body.fileName, content_type=body.contentType, size_bytes=body.size
    )


def to_register(request: WireRequest) -> commands.CompleteUpload:
    """POST /v2/assets.

    Raises:
        InvalidRequestError: an address that no upload was given.
    """
    asset_id = own_asset(read_json(request, wire.AssetIn).url)
    if asset_id is None:
        raise wrong("url", "give the url of an upload; other files go by URL into a generation")
    return commands.CompleteUpload(asset_id=asset_id)


def from_upload(view: UploadView) -> WireResponse:
    """Where the file goes, and what it is called then."""
    asset = view.asset
    return answer(
        {
            "uploadUrl": view.url,
            "url": f"{ASSETS}{asset.id}/{quote(asset.filename, safe='')}",
            "expiresIn": round((asset.upload_expires_at - asset.created_at).total_seconds()),
        },
        status=201,
    )


def from_registered(asset: Asset) -> WireResponse:
    """An asset that is there."""
    return answer(_out(asset), status=201)


def from_assets(page: Page[Asset]) -> WireResponse:
    """One page; how many there are in all nobody counts."""
    return answer(
        {
            "items": [_out(asset) for asset in page.items],
            "nextCursor": page.next_cursor,
            "totalCount": None,
        }
    )


def from_asset(asset: Asset) -> WireResponse:
    """One asset."""
    return answer(_out(asset))


def _out(asset: Asset) -> dict[str, Any]:
    """An asset's JSON; what has not been looked into yet is what its sender called it."""
    media, said = asset.media, asset.content_type.partition("/")[0].upper()
    kind = _TYPES[media.kind] if media else said if said in {"AUDIO", "IMAGE"} else "VIDEO"
    has_time = media is not None and media.kind is not MediaKind.IMAGE
    return {
        "id": asset.id,
        "createdAt": iso(asset.created_at),
        "updatedAt": iso(asset.created_at),
        "name": asset.filename,
        "url": None,
        "size": asset.size_bytes,
        "format": media.container if media else None,
        "type": kind,
        "inputType": None,
        "durationSeconds": number(media.duration_ms / 1000) if media and has_time else None,
        "thumbnailUrl": None,
        "visibility": "ORGANIZATION",
        "width": media.width if media else None,
        "height": media.height if media else None,
    }
