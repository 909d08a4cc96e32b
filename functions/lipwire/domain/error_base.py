"""What every error of `errors.py` is made of: a kind with its HTTP status, a code, and a way to mend it."""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """The closed set of kinds; `STATUS` gives each its HTTP status."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    PAYMENT = "payment"
    MISSING = "missing"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    BUG = "bug"


STATUS: dict[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.PAYMENT: 402,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_LARGE: 413,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.BUG: 500,
}


class LipwireError(Exception):
    """Base of all; carries a stable code, a sentence, and details as fields."""

    code: ClassVar[str] = "internal"
    kind: ClassVar[Kind] = Kind.BUG
    title: ClassVar[str] = "Something went wrong on our side."
    mend: ClassVar[str] = "Try again; if it stays, report the request id."

    def __init__(self, detail: str | None = None, /, **fields: object) -> None:
        self.detail = detail or self.title
        self.fields = fields
        super().__init__(self.detail)

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, in one or two sentences."""
        return f"{self.detail} {self.mend}".strip()
