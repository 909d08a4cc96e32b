"""Speaks a text. Neither the text nor what an engine says of it is logged."""

from typing import Any

from lipwire.adapters.speech.local import speak_to
from lipwire.bootstrap import lambda_app
from lipwire.domain.assets import Problem
from lipwire.domain.errors import SpeechFailedError, TooLongError
from lipwire.domain.speech import Speech
from lipwire.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"key", "speech"} -> {"problem": {"code", "message"} or null}. What may pass by itself is raised."""
    app, speech = lambda_app(), Speech.model_validate(event["speech"])
    try:
        speak_to(event["key"], speech, engines=app.synthesizers, uploads=app.uploads)
    except (SpeechFailedError, TooLongError) as error:
        logger.info("not spoken", code=error.code, voice=speech.voice, characters=speech.characters)
        return {"problem": Problem.of(error).model_dump()}
    logger.info("spoken", voice=speech.voice, characters=speech.characters)
    return {"problem": None}
