"""JoggAI's webhook endpoints: its JSON to commands, endpoints to its JSON."""

from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.joggai import wire
from lipwire.dialects.joggai.codec import NAME, data, unix
from lipwire.dialects.jsonbody import read_json
from lipwire.domain import commands_webhooks as commands
from lipwire.domain.ids import EndpointId
from lipwire.domain.views import Deleted
from lipwire.domain.webhooks import EndpointStatus, WebhookEndpoint

_TYPES: Final = {
    "generated_lip_sync_video_success": "job.succeeded",
    "generated_lip_sync_video_failed": "job.failed",
    "generated_video_success": "job.succeeded",
    "generated_video_failed": "job.failed",
}
_EVENTS: Final = {
    "job.succeeded": "generated_lip_sync_video_success",
    "job.failed": "generated_lip_sync_video_failed",
}


def to_create_endpoint(request: WireRequest) -> commands.CreateEndpoint:
    """POST …/endpoint."""
    body = read_json(request, wire.EndpointIn)
    return commands.CreateEndpoint(url=body.url, event_types=_types(body.events), format=NAME)


def to_list_endpoints(request: WireRequest) -> commands.ListEndpoints:
    """GET …/endpoints."""
    del request
    return commands.ListEndpoints()


def to_update_endpoint(request: WireRequest) -> commands.UpdateEndpoint:
    """PUT …/endpoint/{id}."""
    body = read_json(request, wire.EndpointChangeIn)
    return commands.UpdateEndpoint(
        endpoint_id=EndpointId(request.path_params["id"]),
        url=body.url,
        event_types=None if body.events is None else _types(body.events),
        status=None if body.status is None else EndpointStatus(body.status),
    )


def to_delete_endpoint(request: WireRequest) -> commands.DeleteEndpoint:
    """DELETE …/endpoint/{id}."""
    return commands.DeleteEndpoint(endpoint_id=EndpointId(request.path_params["id"]))


def from_new_endpoint(endpoint: WebhookEndpoint) -> WireResponse:
    """With its secret, shown this once."""
    return data(_out(endpoint) | {"secret": endpoint.secret})


def from_endpoint(endpoint: WebhookEndpoint) -> WireResponse:
    """Without."""
    return data(_out(endpoint))


def from_endpoints(endpoints: tuple[WebhookEndpoint, ...]) -> WireResponse:
    """Those that were made in this dialect."""
    return data({"endpoints": [_out(one) for one in endpoints if one.format == NAME]})


def from_deleted(view: Deleted) -> WireResponse:
    """Nothing is left to say."""
    del view
    return data(None)


def _types(events: list[wire.Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_TYPES[event] for event in events))


def _out(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {
        "endpoint_id": endpoint.id,
        "url": endpoint.url,
        "status": endpoint.status.value,
        "events": [_EVENTS[one] for one in endpoint.event_types if one in _EVENTS],
        "username": endpoint.account_id,
        "created_at": unix(endpoint.created_at),
    }
