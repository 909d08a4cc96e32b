"""An account changes where, or of what, it wants to be told."""

from typing import Any

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import GetEndpoint, UpdateEndpoint
from lipwire.domain.errors import InvalidWebhookUrlError
from lipwire.domain.webhooks import EndpointStatus, WebhookEndpoint
from lipwire.ports import Clock
from lipwire.ports.urls import UrlPolicy
from lipwire.ports.webhooks import EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint


def update_endpoint(
    command: UpdateEndpoint,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    webhook_urls: UrlPolicy,
    clock: Clock,
) -> WebhookEndpoint:
    """The endpoint with what the command names changed; deliveries that wait go where it points at their attempt.

    Enabling it again, or another URL, forgets its failures: the five days begin anew.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        InvalidWebhookUrlError: not a public https URL.
        ConcurrentChangeError: somebody else changed it at the same time.
    """
    wanted = GetEndpoint(endpoint_id=command.endpoint_id)
    endpoint = get_endpoint(wanted, caller, endpoints=endpoints)
    if command.url is not None and not webhook_urls.allows(command.url):
        raise InvalidWebhookUrlError(field="url")
    named = {"url": command.url, "event_types": command.event_types}
    named |= {"description": command.description, "status": command.status}
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if command.status is EndpointStatus.ENABLED:
        changes |= {"disabled_reason": None, "disabled_at": None}
    elif command.status is EndpointStatus.DISABLED and endpoint.status is EndpointStatus.ENABLED:
        changes |= {"disabled_reason": "by its owner", "disabled_at": clock.now()}
    afresh = command.status is EndpointStatus.ENABLED or command.url not in {None, endpoint.url}
    if afresh:
        changes |= {"failing_since": None, "failures": 0}
    return endpoints.replace(endpoint.model_copy(update=changes), afresh=afresh)
