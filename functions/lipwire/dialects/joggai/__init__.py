"""JoggAI's wire format: tasks by URL under two prefixes, everything in `{"code", "msg", "data"}`."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.joggai.errors import encode_error
from lipwire.dialects.joggai.routes import ROUTES, UNSUPPORTED
from lipwire.dialects.joggai.webhooks import WEBHOOK

DIALECT = Dialect(
    name="joggai",
    routes=ROUTES,
    key_header="x-api-key",
    encode_error=encode_error,
    webhook=WEBHOOK,
    unsupported=UNSUPPORTED,
)
