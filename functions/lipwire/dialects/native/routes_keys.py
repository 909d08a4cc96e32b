"""Routes of API keys."""

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_keys as codec
from lipwire.dialects.native.codec import from_deleted


def key_routes(base: str) -> tuple[Route, ...]:
    """Below `base`, the native API's path."""
    keys = f"{base}/keys"
    one = f"{keys}/{{id}}"
    return (
        Route("POST", keys, Operation.CREATE_KEY, codec.to_create_key, codec.from_new_key),
        Route("GET", keys, Operation.LIST_KEYS, codec.to_list_keys, codec.from_keys),
        Route(
            "POST", f"{one}/rotate", Operation.ROTATE_KEY, codec.to_rotate_key, codec.from_new_key
        ),
        Route("DELETE", one, Operation.REVOKE_KEY, codec.to_revoke_key, from_deleted),
    )
