"""Speech, asked for from outside: of the function that has the engines."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from lipwire.domain.assets import Asset, Problem
from lipwire.domain.errors import BusyError, SpeechFailedError, TooLongError
from lipwire.observability import logger


class _Answer(BaseModel):
    """What was wrong, where something was."""

    problem: Problem | None


class LambdaSpeaker:
    """`Speaker` by invoking the function; it writes the audio itself."""

    def __init__(self, client: Any, *, function: str) -> None:
        self._client = client
        self._function = function

    def speak(self, asset: Asset) -> None:
        """The audio lies at the asset's key.

        Raises:
            SpeechFailedError: the text can't be spoken.
            TooLongError: it lasts longer than the account's plan allows.
            BusyError: nobody could speak just now.
        """
        if asset.speech is None:
            raise ValueError("the asset is not spoken")
        request = {"key": asset.key, "speech": asset.speech.model_dump(mode="json")}
        try:
            answer = self._client.invoke(
                FunctionName=self._function, Payload=json.dumps(request).encode()
            )
            payload = answer["Payload"].read()
        except (BotoCoreError, ClientError) as exc:
            raise BusyError from exc
        if "FunctionError" in answer:
            logger.error("speaking broke", asset_id=asset.id)
            raise BusyError
        try:
            said = _Answer.model_validate_json(payload)
        except ValidationError as exc:
            raise BusyError from exc
        if said.problem is not None and said.problem.code == TooLongError.code:
            raise TooLongError
        if said.problem is not None:
            raise SpeechFailedError
