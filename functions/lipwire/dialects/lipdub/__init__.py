"""LipDub's wire format: shots and voices by signed upload, renders by URL; things are known by whole numbers and UUIDs."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.lipdub.errors import encode_error
from lipwire.dialects.lipdub.routes import ROUTES, UNSUPPORTED
from lipwire.dialects.lipdub.webhooks import WEBHOOK

DIALECT = Dialect(
    name="lipdub",
    routes=ROUTES,
    key_header="x-api-key",
    encode_error=encode_error,
    webhook=WEBHOOK,
    unsupported=UNSUPPORTED,
)
