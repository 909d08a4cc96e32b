"""espeak-ng, from outside: a program of its own for each text."""

import importlib.util
import json
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.options import PhonemeTime
from lipwire.domain.speech import Speech
from lipwire.observability import logger
from lipwire.ports.speech import Spoken

_PROGRAM: Final = Path(__file__).with_name("espeak_program.py")
#: espeak-ng's own.
_WORDS_PER_MINUTE: Final = 175
#: Its scale is 0 to 99, about an octave down and one up.
_MIDDLE_PITCH: Final = 50
_MOST_PITCH: Final = 99
#: The longest text takes it two seconds of a slow core.
_TIMEOUT_S: Final = 30
_SYMBOL_LENGTH: Final = 8


class EspeakSynthesizer:
    """`Synthesizer` on the `espeakng_loader` package, which this process never loads: it is GPL (D17)."""

    def speak(self, speech: Speech) -> Spoken:
        """What the program said.

        Raises:
            SpeechFailedError: it could not.
        """
        order = {
            "text": speech.text or "",
            "voice": speech.voice_name,
            "words_per_minute": _WORDS_PER_MINUTE * speech.rate_percent // 100,
            "pitch": _pitch(speech.pitch_percent),
        }
        head, _, samples = ask_espeak(order).partition(b"\n")
        said = json.loads(head)
        if not samples:
            raise SpeechFailedError("The voice has nothing to say to this text.")
        return Spoken(samples, said["rate"], _times(said["phonemes"], said["rate"]))


def ask_espeak(order: Mapping[str, object]) -> bytes:
    """What the program answers. It gets the order and nothing of our environment.

    Raises:
        SpeechFailedError: it is not here, fails, or takes too long.
    """
    package = importlib.util.find_spec("espeakng_loader")
    if package is None or package.origin is None:
        raise SpeechFailedError("espeak-ng is not installed here.")
    # -I: neither the environment nor the working folder adds anything to what it imports.
    command = [sys.executable, "-I", str(_PROGRAM), str(Path(package.origin).parents[1])]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
            env={},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        # What it says may hold the text.
        logger.error("espeak-ng failed", status=getattr(exc, "returncode", None))
        raise SpeechFailedError from exc
    return done.stdout


def _times(sounds: list[tuple[str, int, int]], rate: int) -> tuple[PhonemeTime, ...]:
    """Sounds shorter than a millisecond are left out."""
    found = (
        (symbol[:_SYMBOL_LENGTH], start * 1000 // rate, end * 1000 // rate)
        for symbol, start, end in sounds
    )
    return tuple(
        PhonemeTime(symbol=symbol, start_ms=start, end_ms=end)
        for symbol, start, end in found
        if end > start
    )


def _pitch(percent: int) -> int:
    return min(_MOST_PITCH, round(_MIDDLE_PITCH * (1 + math.log2(percent / 100))))
