"""Webhook endpoints and deliveries: native JSON to commands, views to native JSON."""

from datetime import UTC, datetime, timedelta
from typing import Final

from lipwire import dialects
from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.native import wire_webhooks as wire
from lipwire.dialects.native.codec import to_json
from lipwire.domain import commands_webhooks as commands
from lipwire.domain.accounts import Account
from lipwire.domain.errors import InvalidRequestError
from lipwire.domain.ids import EndpointId
from lipwire.domain.views import DeliveryView, Page, Replayed
from lipwire.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryFilter,
    DeliveryId,
    DeliveryStatus,
    EndpointStatus,
    WebhookEndpoint,
)

_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def to_create_endpoint(request: WireRequest) -> commands.CreateEndpoint:
    """POST /webhook-endpoints."""
    body = read_json(request, wire.EndpointIn)
    if body.format not in dialects.names():
        raise InvalidRequestError(
            f"There is no format `{body.format}`.",
            errors=[{"field": "format", "message": f"one of {', '.join(dialects.names())}"}],
        )
    return commands.CreateEndpoint(
        url=body.url,
        event_types=tuple(body.event_types),
        format=body.format,
        description=body.description,
    )


def to_list_endpoints(request: WireRequest) -> commands.ListEndpoints:
    """GET /webhook-endpoints."""
    del request
    return commands.ListEndpoints()


def to_get_endpoint(request: WireRequest) -> commands.GetEndpoint:
    """GET /webhook-endpoints/{id}."""
    return commands.GetEndpoint(endpoint_id=_endpoint_id(request))


def to_update_endpoint(request: WireRequest) -> commands.UpdateEndpoint:
    """PATCH /webhook-endpoints/{id}."""
    body = read_json(request, wire.EndpointChangeIn)
    return commands.UpdateEndpoint(
        endpoint_id=_endpoint_id(request),
        url=body.url,
        event_types=None if body.event_types is None else tuple(body.event_types),
        description=body.description,
        status=None if body.status is None else EndpointStatus(body.status),
    )


def to_delete_endpoint(request: WireRequest) -> commands.DeleteEndpoint:
    """DELETE /webhook-endpoints/{id}."""
    return commands.DeleteEndpoint(endpoint_id=_endpoint_id(request))


def to_rotate_secret(request: WireRequest) -> commands.RotateSecret:
    """POST /webhook-endpoints/{id}/rotate-secret; the body may be left out."""
    body = read_json(request, wire.RotationIn) if request.body else wire.RotationIn()
    return commands.RotateSecret(
        endpoint_id=_endpoint_id(request), overlap=timedelta(seconds=body.overlap_s)
    )


def to_rotate_account_secret(request: WireRequest) -> commands.RotateAccountSecret:
    """POST /webhook-secret/rotate; the body may be left out."""
    body = read_json(request, wire.RotationIn) if request.body else wire.RotationIn()
    return commands.RotateAccountSecret(overlap=timedelta(seconds=body.overlap_s))


def to_send_test_event(request: WireRequest) -> commands.SendTestEvent:
    """POST /webhook-endpoints/{id}/test."""
    return commands.SendTestEvent(endpoint_id=_endpoint_id(request))


def to_replay_deliveries(request: WireRequest) -> commands.ReplayDeliveries:
    """POST /webhook-endpoints/{id}/replay."""
    body = read_json(request, wire.ReplayIn)
    return commands.ReplayDeliveries(
        endpoint_id=_endpoint_id(request),
        since=_utc(body.since),
        until=None if body.until is None else _utc(body.until),
        statuses=frozenset(DeliveryStatus(status) for status in body.statuses),
        cursor=body.cursor,
    )


def to_list_deliveries(request: WireRequest) -> commands.ListDeliveries:
    """GET /webhook-deliveries."""
    query = validate(wire.DeliveryQuery, dict(request.query))
    wanted = DeliveryFilter(
        endpoint_id=EndpointId(query.endpoint_id) if query.endpoint_id else None,
        statuses=frozenset({DeliveryStatus(query.status)}) if query.status else None,
        since=None if query.since is None else _utc(query.since),
        until=None if query.until is None else _utc(query.until),
    )
    return commands.ListDeliveries(wanted=wanted, limit=query.limit, cursor=query.cursor)


def to_get_delivery(request: WireRequest) -> commands.GetDelivery:
    """GET /webhook-deliveries/{id}."""
    return commands.GetDelivery(delivery_id=DeliveryId(request.path_params["id"]))


def to_replay_delivery(request: WireRequest) -> commands.ReplayDelivery:
    """POST /webhook-deliveries/{id}/replay."""
    return commands.ReplayDelivery(delivery_id=DeliveryId(request.path_params["id"]))


def from_new_endpoint(endpoint: WebhookEndpoint) -> WireResponse:
    """A new endpoint, with its secret."""
    return to_json(_endpoint_out(endpoint, secret=endpoint.secret), status=201)


def from_rotated_endpoint(endpoint: WebhookEndpoint) -> WireResponse:
    """An endpoint with its new secret: this answer and the one before are the only ones that show one."""
    return to_json(_endpoint_out(endpoint, secret=endpoint.secret))


def from_rotated_account(account: Account) -> WireResponse:
    """The new secret, and until when those before it sign too."""
    until = max((old.until for old in account.old_webhook_secrets), default=None)
    return to_json(
        wire.AccountSecretOut(webhook_secret=account.webhook_secret, old_secrets_until=until)
    )


def from_endpoint(endpoint: WebhookEndpoint) -> WireResponse:
    """One endpoint, without its secret."""
    return to_json(_endpoint_out(endpoint))


def from_endpoints(endpoints: tuple[WebhookEndpoint, ...]) -> WireResponse:
    """All endpoints, without secrets."""
    return to_json(wire.EndpointList(items=[_endpoint_out(one) for one in endpoints]))


def from_delivery(view: DeliveryView) -> WireResponse:
    """One delivery with its attempts."""
    return to_json(_delivery_out(view.delivery, view.attempts))


def from_new_delivery(view: DeliveryView) -> WireResponse:
    """A delivery that will be attempted now."""
    return to_json(_delivery_out(view.delivery, view.attempts), status=202)


def from_deliveries(page: Page[Delivery]) -> WireResponse:
    """One page of the log."""
    items = [_delivery_out(one, None) for one in page.items]
    return to_json(wire.DeliveryPage(items=items, next_cursor=page.next_cursor))


def from_replayed(done: Replayed) -> WireResponse:
    """How many, and where to go on."""
    body = wire.ReplayedOut(replayed=done.replayed, next_cursor=done.next_cursor)
    return to_json(body, status=202)


def _endpoint_id(request: WireRequest) -> EndpointId:
    return EndpointId(request.path_params["id"])


def _utc(moment: datetime) -> datetime:
    """Without a time zone it is read as UTC; what lies outside of UTC's years is their beginning or end."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return _FIRST if moment.year == _FIRST.year else _LAST


def _endpoint_out(endpoint: WebhookEndpoint, *, secret: str | None = None) -> wire.EndpointOut:
    return wire.EndpointOut(
        id=endpoint.id,
        url=endpoint.url,
        event_types=list(endpoint.event_types),
        format=endpoint.format,
        description=endpoint.description,
        status=endpoint.status.value,
        disabled_reason=endpoint.disabled_reason,
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.failing_since,
        old_secrets_until=max((old.until for old in endpoint.old_secrets), default=None),
        created_at=endpoint.created_at,
        secret=secret,
    )


def _delivery_out(delivery: Delivery, attempts: tuple[Attempt, ...] | None) -> wire.DeliveryOut:
    return wire.DeliveryOut(
        id=delivery.id,
        event_id=delivery.event_id,
        type=delivery.type,
        sequence=delivery.sequence,
        occurred_at=delivery.occurred_at,
        endpoint_id=delivery.endpoint_id,
        url=delivery.url,
        job_id=delivery.job_id,
        replay_of=delivery.replay_of,
        status=delivery.status.value,
        reason=delivery.reason,
        attempts=delivery.attempts,
        next_attempt_at=None if delivery.is_final else delivery.next_attempt_at,
        created_at=delivery.created_at,
        log=None if attempts is None else [_attempt_out(one) for one in attempts],
    )


def _attempt_out(attempt: Attempt) -> wire.AttemptOut:
    return wire.AttemptOut(
        number=attempt.number,
        at=attempt.at,
        status=attempt.answer.status,
        error=attempt.answer.error,
        latency_ms=attempt.answer.elapsed_ms,
        excerpt=attempt.answer.excerpt,
    )
