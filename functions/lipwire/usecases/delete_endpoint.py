"""An account does not want to be told there any more."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import DeleteEndpoint
from lipwire.domain.views import Deleted
from lipwire.ports.webhooks import EndpointStore


def delete_endpoint(
    command: DeleteEndpoint, caller: Caller, *, endpoints: EndpointStore
) -> Deleted:
    """The endpoint is gone; deliveries that wait for it are dropped at their next attempt.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
    """
    endpoints.delete(caller.account.id, command.endpoint_id)
    return Deleted()
