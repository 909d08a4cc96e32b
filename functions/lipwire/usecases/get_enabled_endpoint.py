"""One webhook endpoint that may be sent to."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import GetEndpoint
from lipwire.domain.errors import EndpointDisabledError
from lipwire.domain.ids import EndpointId
from lipwire.domain.webhooks import EndpointStatus, WebhookEndpoint
from lipwire.ports.webhooks import EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint


def get_enabled_endpoint(
    endpoint_id: EndpointId, caller: Caller, *, endpoints: EndpointStore
) -> WebhookEndpoint:
    """The endpoint, which is enabled.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        EndpointDisabledError: it must be enabled first.
    """
    found = get_endpoint(GetEndpoint(endpoint_id=endpoint_id), caller, endpoints=endpoints)
    if found.status is not EndpointStatus.ENABLED:
        raise EndpointDisabledError
    return found
