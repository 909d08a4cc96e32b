"""Uploads and assets: native JSON to commands, views to native JSON."""

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.native import wire_uploads as wire
from lipwire.dialects.native.codec import ListQuery, problem_out, to_json
from lipwire.domain import commands_uploads as commands
from lipwire.domain.assets import Asset
from lipwire.domain.ids import AssetId
from lipwire.domain.views import Page, UploadView


def to_create_upload(request: WireRequest) -> commands.CreateUpload:
    """POST /uploads."""
    body = read_json(request, wire.UploadIn)
    return commands.CreateUpload(
        filename=body.filename,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        sha256=body.sha256,
    )


def to_complete_upload(request: WireRequest) -> commands.CompleteUpload:
    """POST /uploads/{id}/complete."""
    return commands.CompleteUpload(asset_id=AssetId(request.path_params["id"]))


def to_get_asset(request: WireRequest) -> commands.GetAsset:
    """GET /assets/{id}."""
    return commands.GetAsset(asset_id=AssetId(request.path_params["id"]))


def to_delete_asset(request: WireRequest) -> commands.DeleteAsset:
    """DELETE /assets/{id}."""
    return commands.DeleteAsset(asset_id=AssetId(request.path_params["id"]))


def to_list_assets(request: WireRequest) -> commands.ListAssets:
    """GET /assets."""
    query = validate(ListQuery, dict(request.query))
    return commands.ListAssets(limit=query.limit, cursor=query.cursor)


def from_upload(view: UploadView) -> WireResponse:
    """The upload's target."""
    return to_json(
        wire.UploadOut(
            asset_id=view.asset.id,
            upload=wire.UploadTargetOut(
                method=view.method,
                url=view.url,
                headers=dict(view.headers),
                parts=[wire.PartOut(number=part.number, url=part.url) for part in view.parts]
                or None,
                part_size=view.part_size,
            ),
            expires_at=view.asset.upload_expires_at,
        ),
        status=201,
    )


def from_asset(asset: Asset) -> WireResponse:
    """One asset."""
    return to_json(asset_out(asset))


def from_assets(page: Page[Asset]) -> WireResponse:
    """A page of assets."""
    return to_json(
        wire.AssetPage(
            items=[asset_out(asset) for asset in page.items], next_cursor=page.next_cursor
        )
    )


def asset_out(asset: Asset) -> wire.AssetOut:
    """An asset's JSON."""
    media = asset.media
    return wire.AssetOut(
        id=asset.id,
        status=asset.status.value,
        filename=asset.filename,
        content_type=asset.content_type,
        size_bytes=asset.size_bytes,
        media=None
        if media is None
        else wire.MediaOut(
            kind=media.kind.value,
            container=media.container,
            duration_ms=media.duration_ms,
            width=media.width,
            height=media.height,
            fps=str(media.fps) if media.fps else None,
            video_codec=media.video_codec,
            audio_codec=media.audio_codec,
            has_audio=media.has_audio,
        ),
        analysis=wire.AnalysisOut(
            status=asset.analysis.status.value,
            faces=asset.analysis.faces,
            frames=asset.analysis.frames,
            frames_with_face=asset.analysis.frames_with_face,
        ),
        error=problem_out(asset.problem),
        created_at=asset.created_at,
    )
