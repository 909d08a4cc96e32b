"""What looks for media on web pages, asked from outside: a function that may touch nothing of ours."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from lipwire.domain.assets import Problem
from lipwire.domain.errors import BusyError, PageWithoutMediaError
from lipwire.observability import logger


class _Found(BaseModel):
    """What the function answers: one of the two."""

    url: str | None = None
    problem: Problem | None = None


class LambdaPages:
    """`PageReader` by invoking the function; its word is a stranger's, and is judged as the first URL was."""

    def __init__(self, client: Any, *, function: str) -> None:
        self._client = client
        self._function = function

    def media_url(self, url: str, *, is_picture: bool) -> str:
        """Where the file lies.

        Raises:
            PageWithoutMediaError: there is none that can be fetched, or reading the page broke.
            BusyError: the function can't be reached just now.
        """
        request = json.dumps({"url": url, "is_picture": is_picture}).encode()
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=request)
            payload = answer["Payload"].read()
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc
        if "FunctionError" in answer:
            logger.error("reading a page broke")
            raise PageWithoutMediaError
        try:
            found = _Found.model_validate_json(payload)
        except ValidationError as exc:
            raise BusyError from exc
        if found.url is None:
            raise PageWithoutMediaError
        return found.url
