"""LipSync.dev's wire format: a video or an image and a voice by URL, one route to start and one to ask; the same for text."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.lipsync_dev.errors import encode_error
from lipwire.dialects.lipsync_dev.routes import ROUTES
from lipwire.dialects.lipsync_dev.webhooks import WEBHOOK

DIALECT = Dialect(
    name="lipsync_dev",
    routes=ROUTES,
    key_header="x-api-key",
    encode_error=encode_error,
    webhook=WEBHOOK,
)
