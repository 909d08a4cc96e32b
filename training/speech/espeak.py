"""Many sentences spoken by espeak-ng, with the time of every phoneme.

espeak-ng is GPL: this file is started as a program of its own, reads one JSON object a line (voice, text, rate, pitch)
and writes WAV files and phoneme times, so nothing of Lipwire is linked to it. Only its sound is used.
"""

import json
import sys
import wave
from pathlib import Path

from lipwire.adapters.speech.espeak_program import Espeak


def _main() -> None:
    orders = [json.loads(line) for line in sys.stdin]
    paths = [Path(order.pop("path")).absolute() for order in orders]
    # It works in the folder of its data from here on.
    espeak = Espeak()
    for path, order in zip(paths, orders, strict=True):
        samples, phonemes = espeak.speak(**order)
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(espeak.rate)
            out.writeframes(samples)
        times = [(symbol, sample / espeak.rate) for symbol, sample in phonemes]
        path.with_suffix(".json").write_text(json.dumps(times))


if __name__ == "__main__":
    _main()
