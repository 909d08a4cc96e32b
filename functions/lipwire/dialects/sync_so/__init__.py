"""sync.so's wire format: generations from lists of inputs, five sync modes, batches as files, dollars by the frame."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.sync_so.errors import encode_error
from lipwire.dialects.sync_so.routes import ROUTES, UNSUPPORTED
from lipwire.dialects.sync_so.webhooks import WEBHOOK

DIALECT = Dialect(
    name="sync_so",
    routes=ROUTES,
    key_header="x-api-key",
    encode_error=encode_error,
    webhook=WEBHOOK,
    unsupported=UNSUPPORTED,
)
