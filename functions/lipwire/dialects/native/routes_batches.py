"""Routes of batches."""

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_batches as codec


def batch_routes(base: str) -> tuple[Route, ...]:
    """Below `base`, the native API's path."""
    batches = f"{base}/batches"
    one = f"{batches}/{{id}}"
    return (
        Route("POST", batches, Operation.CREATE_BATCH, codec.to_create_batch, codec.from_new_batch),
        Route("GET", batches, Operation.LIST_BATCHES, codec.to_list_batches, codec.from_batches),
        Route("GET", one, Operation.GET_BATCH, codec.to_get_batch, codec.from_batch),
        Route(
            "POST",
            f"{one}/cancel",
            Operation.CANCEL_BATCH,
            codec.to_cancel_batch,
            codec.from_batch,
        ),
    )
