"""API keys: native JSON to commands, views to native JSON."""

from datetime import timedelta

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.native import wire_keys as wire
from lipwire.dialects.native.codec import to_json
from lipwire.domain import commands_account as commands
from lipwire.domain.keys import KeyMode, Scope
from lipwire.domain.views import KeyView


def to_create_key(request: WireRequest) -> commands.CreateKey:
    """POST /keys."""
    body = read_json(request, wire.KeyIn)
    return commands.CreateKey(
        name=body.name,
        scopes=tuple(Scope(name) for name in body.scopes),
        mode=KeyMode(body.mode),
        valid_until=body.expires_at,
        requests_per_minute=body.requests_per_minute,
    )


def to_list_keys(request: WireRequest) -> commands.ListKeys:
    """GET /keys."""
    del request
    return commands.ListKeys()


def to_rotate_key(request: WireRequest) -> commands.RotateKey:
    """POST /keys/{id}/rotate."""
    body = read_json(request, wire.KeyRotationIn)
    return commands.RotateKey(
        public_id=request.path_params["id"], grace=timedelta(seconds=body.grace_s)
    )


def to_revoke_key(request: WireRequest) -> commands.RevokeKey:
    """DELETE /keys/{id}."""
    return commands.RevokeKey(public_id=request.path_params["id"])


def from_new_key(view: KeyView) -> WireResponse:
    """A key with its text."""
    return to_json(key_out(view), status=201)


def from_keys(views: tuple[KeyView, ...]) -> WireResponse:
    """All keys."""
    return to_json(wire.KeyList(items=[key_out(view) for view in views]))


def key_out(view: KeyView) -> wire.KeyOut:
    """A key's JSON."""
    key = view.key
    return wire.KeyOut(
        id=key.public_id,
        name=key.name,
        mode=key.mode.value,
        scopes=[scope.value for scope in key.scopes],
        requests_per_minute=key.requests_per_minute,
        created_at=key.created_at,
        last_used_at=view.last_used_at,
        expires_at=key.valid_until,
        revoked_at=key.revoked_at,
        replaced_by=key.replaced_by,
        key=view.text,
    )
