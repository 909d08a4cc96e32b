"""lipsync.studio's wire format: `{"webhook", "formState"}` to start, one route to ask."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.lipsync_studio.errors import encode_error
from lipwire.dialects.lipsync_studio.routes import ROUTES, UNSUPPORTED
from lipwire.dialects.lipsync_studio.webhooks import WEBHOOK

DIALECT = Dialect(
    name="lipsync_studio",
    routes=ROUTES,
    key_header="authorization",
    encode_error=encode_error,
    webhook=WEBHOOK,
    unsupported=UNSUPPORTED,
)
