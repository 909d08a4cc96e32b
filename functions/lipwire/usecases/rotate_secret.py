"""An endpoint gets a new signing secret."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import GetEndpoint, RotateSecret
from lipwire.domain.signing import new_secret
from lipwire.domain.webhooks import WebhookEndpoint
from lipwire.ports import Clock, IdSource
from lipwire.ports.webhooks import EndpointStore
from lipwire.usecases.get_endpoint import get_endpoint


def rotate_secret(
    command: RotateSecret,
    caller: Caller,
    *,
    endpoints: EndpointStore,
    clock: Clock,
    ids: IdSource,
) -> WebhookEndpoint:
    """The endpoint with a new secret; for the overlap every attempt carries a signature of each.

    Raises:
        EndpointNotFoundError: unknown, or another account's.
        ConcurrentChangeError: somebody else changed it at the same time; no secret was lost.
    """
    wanted = GetEndpoint(endpoint_id=command.endpoint_id)
    endpoint = get_endpoint(wanted, caller, endpoints=endpoints)
    secret = new_secret(ids.secret(256))
    rotated = endpoint.rotated(secret, at=clock.now(), overlap=command.overlap)
    return endpoints.replace(rotated, also=caller.also(rotated))
