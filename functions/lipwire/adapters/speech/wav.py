"""Samples as a file."""

import io
import wave

from lipwire.ports.speech import Spoken


def wav_of(spoken: Spoken) -> bytes:
    """A WAV file of one channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(spoken.rate)
        out.writeframes(spoken.samples)
    return file.getvalue()
