"""Speaks a text. Neither the text nor what an engine says of it is logged."""

from typing import Any

from lipwire.adapters.speech.local import speak_to
from lipwire.bootstrap import lambda_app
from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.speech import Speech
from lipwire.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"key", "speech"} -> {"spoken"}: False for what can't be said. What may pass by itself is raised."""
    app, speech = lambda_app(), Speech.model_validate(event["speech"])
    try:
        speak_to(event["key"], speech, engines=app.synthesizers, uploads=app.uploads)
    except SpeechFailedError:
        logger.info("not spoken", voice=speech.voice, characters=speech.characters)
        return {"spoken": False}
    logger.info("spoken", voice=speech.voice, characters=speech.characters)
    return {"spoken": True}
