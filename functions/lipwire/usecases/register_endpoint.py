"""An account says where it wants to be told."""

from typing import Final

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import CreateEndpoint
from lipwire.domain.errors import InvalidRequestError, InvalidWebhookUrlError
from lipwire.domain.ids import EndpointId
from lipwire.domain.signing import new_secret
from lipwire.domain.webhooks import WebhookEndpoint
from lipwire.ports import Clock, IdSource
from lipwire.ports.urls import UrlPolicy
from lipwire.ports.webhooks import EndpointStore

MAX_ENDPOINTS: Final = 20


def register_endpoint(
    command: CreateEndpoint,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    webhook_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
) -> WebhookEndpoint:
    """A new enabled endpoint with a secret of its own, told of events from now on.

    Raises:
        InvalidWebhookUrlError: not a public https URL.
        InvalidRequestError: the account has as many as it may.
    """
    if not webhook_urls.allows(command.url):
        raise InvalidWebhookUrlError(field="url")
    if len(endpoints.list(caller.account.id)) >= MAX_ENDPOINTS:
        raise InvalidRequestError(
            f"An account may have {MAX_ENDPOINTS} webhook endpoints.",
            errors=[
                {"field": "url", "message": "delete an endpoint that is not used any more first"}
            ],
        )
    endpoint = WebhookEndpoint(
        id=EndpointId(ids.new("whe")),
        account_id=caller.account.id,
        url=command.url,
        secret=new_secret(ids.secret(256)),
        event_types=command.event_types,
        format=command.format,
        description=command.description,
        created_at=clock.now(),
    )
    endpoints.add(endpoint, also=caller.also(endpoint))
    return endpoint
