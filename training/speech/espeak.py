"""Many sentences spoken by espeak-ng, with the time of every phoneme.

espeak-ng is GPL: this file is started as a program of its own, reads one JSON object a line (voice, text, rate, pitch)
and writes WAV files and phoneme times, so nothing of Lipwire is linked to it. Only its sound is used.
"""

import ctypes
import json
import sys
import wave
from pathlib import Path

import espeakng_loader

_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x0001 | 0x0002
_DONT_EXIT = 0x8000
_EVENT_END, _EVENT_PHONEME = 0, 7
_RATE, _PITCH, _RANGE = 1, 3, 4


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        # A union of a number, a pointer and eight bytes: a phoneme is in the bytes.
        ("symbol", ctypes.c_ubyte * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One espeak-ng, which can speak many sentences one after another."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(Path(espeakng_loader.get_data_path()).parent).encode()
        options = _PHONEME_EVENTS_IN_IPA | _DONT_EXIT
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, options)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng can't be initialized")
        self._pieces: list[bytes] = []
        self._phonemes: list[tuple[str, int]] = []
        self._callback = _Callback(self._heard)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(
        self, text: str, *, voice: str, words_per_minute: int, pitch: int, pitch_range: int
    ) -> tuple[bytes, list[tuple[str, int]]]:
        """16-bit samples, and each phoneme with the sample it starts at."""
        self._pieces.clear()
        self._phonemes.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self._library.espeak_Synth(raw, ctypes.c_size_t(len(raw) + 1), 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        return b"".join(self._pieces), list(self._phonemes)

    def _heard(self, samples: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type != _EVENT_END:
            if events[number].type == _EVENT_PHONEME:
                symbol = bytes(events[number].symbol).split(b"\0")[0].decode("utf-8", "ignore")
                self._phonemes.append((symbol, events[number].sample))
            number += 1
        return 0


def _main() -> None:
    espeak = Espeak()
    for line in sys.stdin:
        order = json.loads(line)
        path = Path(order.pop("path"))
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
