"""A Lambda client without Lambda."""

import io
import json
from collections.abc import Mapping


class LambdaClient:
    """Answers, or fails, as it is told; what was asked is kept."""

    def __init__(self, payload: object = None, *, failure: Exception | None = None, **more: str):
        self.answer = {"Payload": io.BytesIO(json.dumps(payload).encode())} | more
        self.failure = failure
        self.asked: list[object] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Mapping[str, object]:  # noqa: N803  # boto3's names
        """What the function says."""
        self.asked.append((FunctionName, json.loads(Payload)))
        if self.failure:
            raise self.failure
        return self.answer
