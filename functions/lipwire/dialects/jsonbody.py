"""Reading JSON bodies strictly: what is wrong is named, whatever was sent."""

import json
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from lipwire.dialects.base import WireRequest
from lipwire.domain.errors import BodyTooLargeError, InvalidRequestError

Model = TypeVar("Model", bound=BaseModel)

#: No JSON request of ours needs more; media goes through uploads.
MAX_BODY_BYTES: Final = 256 * 1024


def read_json(request: WireRequest, model: type[Model]) -> Model:
    """The body as `model`.

    Raises:
        BodyTooLargeError: over `MAX_BODY_BYTES`.
        InvalidRequestError: not JSON, doubled or unknown fields, wrong types; each named under `errors`.
    """
    if len(request.body) > MAX_BODY_BYTES:
        raise BodyTooLargeError
    try:
        raw = strict(request.body)
    except (ValueError, RecursionError) as exc:
        raise InvalidRequestError(f"The body is not valid JSON: {_reason(exc)}.") from exc
    return validate(model, raw)


def strict(text: bytes) -> object:
    """What the JSON says.

    Raises:
        ValueError, RecursionError: not JSON in UTF-8, a field is given twice, or a number is none.
    """
    return json.loads(text.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)


def validate(model: type[Model], values: object) -> Model:
    """`values` as `model`, or an error that names each field."""
    try:
        return model.model_validate(values)
    except ValidationError as exc:
        problems = [
            {
                "field": ".".join(str(part) for part in error["loc"]) or "body",
                "message": error["msg"].removeprefix("Value error, "),
            }
            for error in exc.errors(include_url=False, include_input=False, include_context=False)
        ]
        named = ", ".join(f"`{problem['field']}`: {problem['message']}" for problem in problems[:3])
        raise InvalidRequestError(f"The request is not valid: {named}.", errors=problems) from exc


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is given twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _reason(exc: Exception) -> str:
    if isinstance(exc, RecursionError):
        return "it is nested too deeply"
    if isinstance(exc, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(exc)
