"""One webhook endpoint."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import GetEndpoint
from lipwire.domain.errors import EndpointNotFoundError
from lipwire.domain.webhooks import WebhookEndpoint
from lipwire.ports.webhooks import EndpointStore


def get_endpoint(
    command: GetEndpoint, caller: Caller, *, endpoints: EndpointStore
) -> WebhookEndpoint:
    """The endpoint as it stands, with why it is disabled.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
    """
    found = endpoints.get(caller.account.id, command.endpoint_id)
    if found is None:
        raise EndpointNotFoundError
    return found
