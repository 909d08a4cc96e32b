"""Where an account is told."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import ListEndpoints
from lipwire.domain.webhooks import WebhookEndpoint
from lipwire.ports.webhooks import EndpointStore


def list_endpoints(
    command: ListEndpoints, caller: Caller, *, endpoints: EndpointStore
) -> tuple[WebhookEndpoint, ...]:
    """All of the account's endpoints, oldest first."""
    del command
    return endpoints.list(caller.account.id)
