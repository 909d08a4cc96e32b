"""Speech for the demo: `python -m infra.local.voice VOICE PATH.wav < TEXT`, by the platform's own engine."""

import sys
from pathlib import Path

from lipwire.adapters.speech.espeak import EspeakSynthesizer
from lipwire.adapters.speech.wav import wav_of
from lipwire.domain.speech import Speech


def speak(text: str, voice: str, path: Path) -> None:
    """A mono 16-bit WAV of the text in that voice of espeak-ng ("en-us", "es", …).

    Raises:
        SpeechFailedError: the program or the voice can't be had.
    """
    speech = Speech(text=text, voice=f"espeak/{voice}", language=voice, characters=len(text))
    path.write_bytes(wav_of(EspeakSynthesizer().speak(speech)))


if __name__ == "__main__":
    speak(sys.stdin.read(), sys.argv[1], Path(sys.argv[2]))
