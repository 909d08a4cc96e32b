"""Routes of webhook endpoints and deliveries."""

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_webhooks as codec
from lipwire.dialects.native.codec import from_deleted


def webhook_routes(base: str) -> tuple[Route, ...]:
    """Below `base`, the native API's path."""
    endpoints, deliveries = f"{base}/webhook-endpoints", f"{base}/webhook-deliveries"
    one, delivery = f"{endpoints}/{{id}}", f"{deliveries}/{{id}}"
    return (
        Route(
            "POST",
            endpoints,
            Operation.CREATE_ENDPOINT,
            codec.to_create_endpoint,
            codec.from_new_endpoint,
        ),
        Route(
            "GET",
            endpoints,
            Operation.LIST_ENDPOINTS,
            codec.to_list_endpoints,
            codec.from_endpoints,
        ),
        Route("GET", one, Operation.GET_ENDPOINT, codec.to_get_endpoint, codec.from_endpoint),
        Route(
            "PATCH", one, Operation.UPDATE_ENDPOINT, codec.to_update_endpoint, codec.from_endpoint
        ),
        Route("DELETE", one, Operation.DELETE_ENDPOINT, codec.to_delete_endpoint, from_deleted),
        Route(
            "POST",
            f"{one}/rotate-secret",
            Operation.ROTATE_SECRET,
            codec.to_rotate_secret,
            codec.from_rotated_endpoint,
        ),
        Route(
            "POST",
            f"{base}/webhook-secret/rotate",
            Operation.ROTATE_ACCOUNT_SECRET,
            codec.to_rotate_account_secret,
            codec.from_rotated_account,
        ),
        Route(
            "POST",
            f"{one}/test",
            Operation.SEND_TEST_EVENT,
            codec.to_send_test_event,
            codec.from_new_delivery,
        ),
        Route(
            "POST",
            f"{one}/replay",
            Operation.REPLAY_DELIVERIES,
            codec.to_replay_deliveries,
            codec.from_replayed,
        ),
        Route(
            "GET",
            deliveries,
            Operation.LIST_DELIVERIES,
            codec.to_list_deliveries,
            codec.from_deliveries,
        ),
        Route("GET", delivery, Operation.GET_DELIVERY, codec.to_get_delivery, codec.from_delivery),
        Route(
            "POST",
            f"{delivery}/replay",
            Operation.REPLAY_DELIVERY,
            codec.to_replay_delivery,
            codec.from_new_delivery,
        ),
    )
