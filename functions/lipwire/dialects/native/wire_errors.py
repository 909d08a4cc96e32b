"""Errors in the native API's JSON, field by field: for the document; they are written without a model."""

from lipwire.dialects.native.wire_base import Out
from lipwire.domain.model import Model


class FieldError(Out):
    """One field and what it needs."""

    field: str
    message: str


class ErrorOut(Model, extra="allow"):
    """problem+json (RFC 9457); some codes carry more fields."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldError] | None = None
