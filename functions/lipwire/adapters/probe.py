"""The media box, asked from outside: a function whose role reads uploads and nothing else (D19)."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from lipwire.domain.assets import Asset, ProbeFinding
from lipwire.domain.errors import BusyError
from lipwire.domain.plans import Plan
from lipwire.observability import logger


class LambdaProbe:
    """`MediaProbe` by invoking the probe function."""

    def __init__(self, client: Any, *, function: str) -> None:
        self._client = client
        self._function = function

    def probe(self, asset: Asset, *, limits: Plan) -> ProbeFinding:
        """What is in the file. A verdict on it is an answer of the box; no failure of the function is one.

        Raises:
            BusyError: the box can't be reached just now, or broke by itself; the file is as good as it was.
        """
        request = {
            "key": asset.key,
            "version_id": asset.version_id,
            "size_bytes": asset.size_bytes,
            "max_duration_ms": limits.max_duration_ms,
            "max_pixels": limits.max_pixels,
        }
        try:
            answer = self._client.invoke(
                FunctionName=self._function, Payload=json.dumps(request).encode()
            )
            payload = answer["Payload"].read()
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc
        if "FunctionError" in answer:
            logger.error("the media box failed", asset_id=asset.id, error=_name_of(payload))
            raise BusyError
        try:
            return ProbeFinding.model_validate_json(payload)
        except ValidationError as exc:
            raise BusyError from exc


def _name_of(payload: bytes) -> str:
    """The error's class, without its message: that may hold what the file says of itself."""
    try:
        failure = json.loads(payload)
    except ValueError:
        return ""
    return str(failure.get("errorType", "")) if isinstance(failure, dict) else ""
