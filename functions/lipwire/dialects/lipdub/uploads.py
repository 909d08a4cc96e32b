"""LipDub's uploads and shots: its JSON to commands, assets to its JSON. A shot is a video that arrived."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.lipdub import wire
from lipwire.domain import commands_account, commands_uploads
from lipwire.domain.assets import AnalysisStatus, Asset, AssetStatus
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.ids import AccountId, AssetId
from lipwire.domain.numbers import (
    MAX_NUMBER,
    OwnNumber,
    named_number,
    number_of,
    of_uuid,
    uuid_of,
)
from lipwire.domain.views import AccountView, NumberedPage, UploadView

NAME: Final = "lipdub"
_VIDEO: Final = {"dialect": NAME, "kind": "video"}
_AUDIO: Final = {"dialect": NAME, "kind": "audio"}
#: What its client calls by another name than everybody else.
_ALIASES: Final = {"audio/mp3": "audio/mpeg"}
_PREPARED: Final = {
    AssetStatus.AWAITING_UPLOAD: "not_started",
    AssetStatus.UPLOADED: "running",
    AssetStatus.READY: "finished",
    AssetStatus.REJECTED: "failed",
}
_ANALYZED: Final = {
    AnalysisStatus.NONE: "not_started",
    AnalysisStatus.RUNNING: "processing",
    AnalysisStatus.DONE: "finished",
    AnalysisStatus.FAILED: "failed",
}


def to_video(request: WireRequest) -> commands_uploads.CreateUpload:
    """POST /v1/video."""
    body = read_json(request, wire.VideoIn)
    names = {
        f"{kind}_name": name
        for kind, name in (
            ("project", body.project_name),
            ("scene", body.scene_name),
            ("actor", body.actor_name),
        )
        if name is not None
    }
    return commands_uploads.CreateUpload(
        filename=body.file_name,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        source_url=body.video_source_url,
        is_numbered=True,
        echo={**_VIDEO, **names},
    )


def to_audio(request: WireRequest) -> commands_uploads.CreateUpload:
    """POST /v1/audio."""
    body = read_json(request, wire.AudioIn)
    return commands_uploads.CreateUpload(
        filename=body.file_name,
        content_type=_ALIASES.get(body.content_type, body.content_type),
        size_bytes=body.size_bytes,
        source_url=body.audio_source_url,
        is_numbered=True,
        echo=dict(_AUDIO),
    )


def to_succeeded(request: WireRequest) -> commands_uploads.CompleteUpload:
    """GET or POST …/success/{id}."""
    return commands_uploads.CompleteUpload(asset_id=_uploaded(request))


def to_failed(request: WireRequest) -> commands_uploads.GiveUpUpload:
    """GET or POST …/failure/{id}."""
    return commands_uploads.GiveUpUpload(asset_id=_uploaded(request))


def to_upload_status(request: WireRequest) -> commands_uploads.GetAsset:
    """GET …/status/{id}."""
    return commands_uploads.GetAsset(asset_id=_uploaded(request))


def to_audio_list(request: WireRequest) -> commands_uploads.ListAssetPages:
    """GET /v1/audio."""
    page, per_page = page_of(request, 10)
    return commands_uploads.ListAssetPages(echo=dict(_AUDIO), page=page, per_page=per_page)


def to_shot_list(request: WireRequest) -> commands_uploads.ListAssetPages:
    """GET /v1/shots."""
    page, per_page = page_of(request, 20)
    return commands_uploads.ListAssetPages(echo=dict(_VIDEO), page=page, per_page=per_page)


def to_shot_status(request: WireRequest) -> commands_uploads.GetAsset:
    """GET /v1/shots/{shot_id}/status."""
    return commands_uploads.GetAsset(asset_id=shot_of(request))


def to_actors(request: WireRequest) -> commands_uploads.GetAsset:
    """GET /v1/shots/{shot_id}/actors."""
    return commands_uploads.GetAsset(asset_id=shot_of(request))


def to_whoami(request: WireRequest) -> commands_account.GetAccount:
    """GET /v1/whoami."""
    del request
    return commands_account.GetAccount()


def from_video(view: UploadView) -> WireResponse:
    """Where the video goes, and what it will be known by."""
    return data(_grouped(view.asset) | _promised(view, "video"), status=201)


def from_audio(view: UploadView) -> WireResponse:
    """Where the voice goes, and what it will be known by."""
    return data(_promised(view, "audio"), status=201)


def from_new_shot(asset: Asset) -> WireResponse:
    """A video that arrived, or is still being fetched: then its number comes with its status."""
    return data({"shot_id": _shot_id(asset), "asset_type": "dubbing-video"})


def from_video_status(asset: Asset) -> WireResponse:
    """How far a video is."""
    shot = {"shot_id": _shot_id(asset)}
    return data(shot | _upload_state(asset) | _shot_status(asset))


def from_audio_status(asset: Asset) -> WireResponse:
    """Whether a voice has arrived."""
    return data({"audio_id": uuid_of(asset.id)} | _upload_state(asset))


def from_audio_list(view: NumberedPage[Asset]) -> WireResponse:
    """Voices."""
    return listed(
        [
            {
                "audio_id": uuid_of(asset.id),
                "upload_status": _upload_status(asset),
                "content_type": asset.content_type,
                "file_name": asset.filename,
                "created_at": asset.created_at.isoformat().replace("+00:00", "Z"),
            }
            for asset in view.items
        ],
        view.total,
    )


def from_shot_list(view: NumberedPage[Asset]) -> WireResponse:
    """Shots."""
    shots: list[dict[str, object]] = []
    for asset in view.items:
        groups = _grouped(asset)
        shots.append(
            {
                "shot_id": number(asset),
                "shot_label": asset.filename,
                "shot_project_id": groups["project_id"],
                "shot_scene_id": groups["scene_id"],
                "shot_project_name": asset.echo.get("project_name", asset.filename),
                "shot_scene_name": asset.echo.get("scene_name", asset.filename),
            }
        )
    return listed(shots, view.total)


def from_shot(asset: Asset) -> WireResponse:
    """How far the shot's preparation is."""
    return data(_shot_status(asset))


def from_actors(asset: Asset) -> WireResponse:
    """The people that were found, from the left; the first one is whom the upload named. Nobody before they were looked for.

    Analysis keeps no pictures of whole faces: there is none to show.
    """
    groups = _grouped(asset)
    named = asset.echo.get("actor_name", "Actor 1")
    return data(
        [
            {
                "actor_id": _named("actor", f"{asset.id} {place}", asset.account_id)
                if place
                else groups["actor_id"],
                "name": f"Actor {place + 1}" if place else named,
                "thumbnail_url": None,
            }
            for place in range(asset.analysis.faces or 0)
        ]
    )


def from_whoami(view: AccountView) -> WireResponse:
    """The account; there are no users and no addresses in it, so the one of nobody's host (RFC 2606) stands in."""
    account_id = view.account.id
    tenant = named_number("tenant", "", account_id)
    email = f"{account_id}@lipwire.invalid"
    return data({"user_id": tenant, "users_tenant_id": tenant, "email": email})


def page_of(request: WireRequest, size: int) -> tuple[int, int]:
    """Number and size of the page that is asked for."""
    query = validate(wire.PageQuery, dict(request.query))
    return query.page, query.per_page or query.page_size or size


def shot_of(request: WireRequest) -> OwnNumber:
    """The shot that the path names."""
    return own_number(request.path_params["shot_id"]) or _unknown()


def own_number(text: str) -> OwnNumber | None:
    """A number of the path; None of what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_NUMBER))):
        return None
    return OwnNumber(number=int(text)) if int(text) <= MAX_NUMBER else None


def number(asset: Asset) -> int | None:
    """What the vendor's clients know a video by; None of one that was not sent in this dialect."""
    return number_of(asset.id, asset.account_id)


def data(found: object, *, status: int = 200) -> WireResponse:
    """An answer around that."""
    return WireResponse(status=status, body=json.dumps({"data": found}, ensure_ascii=False))


def listed(found: list[dict[str, object]], count: int) -> WireResponse:
    """Some of a list, and how much there is."""
    body = {"data": found, "count": count}
    return WireResponse(status=200, body=json.dumps(body, ensure_ascii=False))


def _unknown() -> OwnNumber:
    raise AssetNotFoundError


def _uploaded(request: WireRequest) -> AssetId:
    (given,) = request.path_params.values()
    found = of_uuid("ast", given)
    if found is None:
        raise AssetNotFoundError
    return AssetId(found)


def _promised(view: UploadView, kind: str) -> dict[str, object]:
    """Paths of this origin, as the vendor's live API gives them; no URL to send to, where the file is fetched."""
    own = uuid_of(view.asset.id)
    return {
        f"{kind}_id": own,
        "upload_url": view.url,
        "success_url": f"/v1/{kind}/success/{own}",
        "failure_url": f"/v1/{kind}/failure/{own}",
    }


def _grouped(asset: Asset) -> dict[str, object]:
    """Project, scene and actor: the same number for the same name, and each shot's own where none was given."""

    def group(kind: str) -> int | None:
        name = asset.echo.get(f"{kind}_name")
        return number(asset) if name is None else _named(kind, str(name), asset.account_id)

    return {f"{kind}_id": group(kind) for kind in ("project", "scene", "actor")}


def _named(kind: str, name: str, account_id: AccountId) -> int:
    return named_number(kind, name, account_id)


def _shot_id(asset: Asset) -> int | None:
    """None of a video that has not arrived: it is no shot yet."""
    return None if asset.status is AssetStatus.AWAITING_UPLOAD else number(asset)


def _upload_state(asset: Asset) -> dict[str, object]:
    """Why it failed is said where it did."""
    state: dict[str, object] = {"upload_status": _upload_status(asset)}
    if asset.is_given_up and asset.problem is not None:
        state["failure_reason"] = asset.problem.message
    return state


def _upload_status(asset: Asset) -> str:
    if asset.status is AssetStatus.AWAITING_UPLOAD:
        return "uploading"
    return "failed" if asset.is_given_up else "completed"


def _shot_status(asset: Asset) -> dict[str, object]:
    """The file's own preparation, and the search for faces: without one there is nobody to dub."""
    analyzed = _ANALYZED[asset.analysis.status]
    nobody = asset.analysis.status is AnalysisStatus.DONE and asset.analysis.faces == 0
    if asset.status is AssetStatus.REJECTED or nobody:
        analyzed = "failed"
    return {"shot_status": _PREPARED[asset.status], "ai_training_status": analyzed}
