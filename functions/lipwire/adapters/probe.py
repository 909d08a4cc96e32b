"""The media box, asked from outside: a function whose role reads uploads and nothing else (D19)."""

import json
from typing import Any

from lipwire.domain.accounts import Plan
from lipwire.domain.assets import Asset, ProbeFinding, Problem
from lipwire.domain.errors import BusyError, CorruptMediaError


class LambdaProbe:
    """`MediaProbe` by invoking the probe function."""

    def __init__(self, client: Any, *, function: str) -> None:
        self._client = client
        self._function = function

    def probe(self, asset: Asset, *, limits: Plan) -> ProbeFinding:
        """What is in the file. A file that breaks its box is corrupt, not retried without end.

        Raises:
            BusyError: the box can't be reached just now.
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
        except self._client.exceptions.TooManyRequestsException as exc:
            raise BusyError from exc
        if "FunctionError" in answer:
            return ProbeFinding(problem=Problem.of(CorruptMediaError()))
        return ProbeFinding.model_validate_json(answer["Payload"].read())
