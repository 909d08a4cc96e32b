"""Speech, made here: the engine of the voice speaks, and the result is written where it belongs."""

import json
from collections.abc import Mapping

from lipwire.adapters.speech.wav import wav_of
from lipwire.domain.errors import SpeechFailedError, TooLongError
from lipwire.domain.speech import Speech, SpeechEngine, phonemes_key
from lipwire.ports import ObjectStore
from lipwire.ports.speech import Synthesizer


def speak_to(
    key: str,
    speech: Speech,
    *,
    engines: Mapping[SpeechEngine, Synthesizer],
    uploads: ObjectStore,
) -> None:
    """The audio lies at `key`; the times of its sounds lay beside it before.

    Raises:
        SpeechFailedError: no engine of that name runs here, or it can't say the text.
        TooLongError: it lasts longer than the account's plan allows; nothing was written.
    """
    engine = engines.get(speech.engine)
    if engine is None:
        raise SpeechFailedError(f"The engine `{speech.engine}` is not turned on here.")
    spoken = engine.speak(speech)
    if speech.longest_ms is not None and spoken.duration_ms > speech.longest_ms:
        raise TooLongError(
            f"The text takes {spoken.duration_ms} ms to say; this account may render {speech.longest_ms} ms."
        )
    if speech.has_phonemes:
        times = [one.model_dump(mode="json") for one in spoken.phonemes]
        with uploads.writer(phonemes_key(key)) as sink:
            sink.write(json.dumps(times, ensure_ascii=False).encode())
    with uploads.writer(key) as sink:
        sink.write(wav_of(spoken))
