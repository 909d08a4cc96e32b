"""Lipwire's own API, under `/lipwire/v1`: the plainest example to copy."""

from lipwire.dialects.base import Dialect
from lipwire.dialects.native.errors import encode_error
from lipwire.dialects.native.routes import ROUTES

DIALECT = Dialect(
    name="native", routes=ROUTES, key_header="authorization", encode_error=encode_error
)
