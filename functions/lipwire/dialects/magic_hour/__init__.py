"""Magic Hour's wire format: uploads by signed URL, lip sync, talking photos, credits by the frame."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.magic_hour.errors import encode_error
from lipwire.dialects.magic_hour.routes import ROUTES, UNSUPPORTED
from lipwire.dialects.magic_hour.webhooks import WEBHOOK

DIALECT = Dialect(
    name="magic_hour",
    routes=ROUTES,
    key_header="authorization",
    encode_error=encode_error,
    webhook=WEBHOOK,
    unsupported=UNSUPPORTED,
)
