"""espeak-ng as a program of its own: an order on standard input, what was said on standard output.

espeak-ng is GPL-3.0, so it runs in this process and nothing else of Lipwire loads it (D17). Started with the folder that
holds the `espeakng_loader` package as its argument, it needs the standard library alone.

In: one JSON object. With text, voice, words_per_minute and pitch it is spoken. Out: a line of JSON (rate, phonemes as [IPA,
first sample, end sample]), then 16-bit samples of one channel. With text, voice and tie alone, nothing is spoken. Out: one
JSON list of [IPA of a clause, the clause's own part of the text].
"""

import ctypes
import json
import os
import sys
from pathlib import Path

_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x0001 | 0x0002
_DONT_EXIT = 0x8000
_POSITION_CHARACTER = 1
_CHARS_UTF8 = 1
_EVENT_END, _EVENT_PHONEME = 0, 7
_RATE, _PITCH, _RANGE = 1, 3, 4
#: `espeak_TextToPhonemes`: IPA; the bits from 8 on are a character that ties the letters of one sound, with this one set.
_IPA, _TIED, _TIE_BITS = 0x02, 0x80, 8


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        # A union of a number, a pointer and eight bytes: a phoneme is in the bytes, without an end where it fills them.
        ("symbol", ctypes.c_ubyte * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One espeak-ng, which can speak many texts one after another."""

    def __init__(self) -> None:
        import espeakng_loader

        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        # It has room for 160 bytes of a path, which a function's folder can exceed.
        os.chdir(Path(espeakng_loader.get_data_path()).parent)
        #: Samples a second.
        self.rate: int = self.library.espeak_Initialize(
            _SYNCHRONOUS, 0, b".", _PHONEME_EVENTS_IN_IPA | _DONT_EXIT
        )
        if self.rate <= 0:
            raise RuntimeError("espeak-ng can't be initialized")
        self._pieces: list[bytes] = []
        self._starts: list[tuple[str, int]] = []
        self._callback = _Callback(self._heard)
        self.library.espeak_SetSynthCallback(self._callback)

    def choose(self, voice: str) -> None:
        """Whatever follows is read by this voice."""
        if self.library.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {voice}")

    def speak(
        self,
        text: str,
        *,
        voice: str,
        words_per_minute: int,
        pitch: int,
        pitch_range: int | None = None,
    ) -> tuple[bytes, list[tuple[str, int]]]:
        """16-bit samples, and each sound with the sample that it starts at.

        `pitch` and `pitch_range` are 0..99, 50 being the voice's own.
        """
        self._pieces.clear()
        self._starts.clear()
        self.choose(voice)
        self.library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self.library.espeak_SetParameter(_PITCH, pitch, 0)
        if pitch_range is not None:
            self.library.espeak_SetParameter(_RANGE, pitch_range, 0)
        raw = text.encode()
        size = ctypes.c_size_t(len(raw) + 1)
        self.library.espeak_Synth(raw, size, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
        self.library.espeak_Synchronize()
        return b"".join(self._pieces), list(self._starts)

    def _heard(self, samples: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type != _EVENT_END:
            if events[number].type == _EVENT_PHONEME:
                symbol = bytes(events[number].symbol).split(b"\0")[0].decode("utf-8", "ignore")
                self._starts.append((symbol, events[number].sample))
            number += 1
        return 0


def phonemes(text: str, *, voice: str, tie: str) -> list[tuple[str, str]]:
    """Each clause's sounds in IPA, and the part of the text that it was read from, one character of the next included.

    `tie` is put between the letters of one sound; empty, they stand together. Nothing is spoken.
    """
    espeak = Espeak()
    espeak.choose(voice)
    library = espeak.library
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = (
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.c_int,
        ctypes.c_int,
    )
    mode = _IPA | (_TIED | ord(tie) << _TIE_BITS if tie else 0)
    raw = text.encode()
    buffer = ctypes.create_string_buffer(raw)
    begin = ctypes.addressof(buffer)
    # It moves this on behind each clause, and clears it behind the last.
    place = ctypes.c_void_p(begin)
    clauses = []
    at = 0
    while place.value is not None:
        said: bytes = library.espeak_TextToPhonemes(ctypes.byref(place), _CHARS_UTF8, mode)
        end = len(raw) if place.value is None else place.value - begin
        clauses.append((said.decode(), raw[at:end].decode("utf-8", "ignore")))
        at = end
    return clauses


def speak(
    text: str, *, voice: str, words_per_minute: int, pitch: int
) -> tuple[int, bytes, list[tuple[str, int, int]]]:
    """Samples a second, 16-bit samples, and each sound with its first sample and the one after its last.

    `pitch` is 0..99, 50 being the voice's own.
    """
    espeak = Espeak()
    samples, starts = espeak.speak(
        text, voice=voice, words_per_minute=words_per_minute, pitch=pitch
    )
    ends = [start for _, start in starts[1:]] + [len(samples) // 2]
    sounds = [
        (symbol, start, end)
        for (symbol, start), end in zip(starts, ends, strict=True)
        if symbol.strip("_: ") and end > start
    ]
    return espeak.rate, samples, sounds


def main(packages: str) -> None:
    """One order."""
    sys.path.insert(0, packages)
    order = json.load(sys.stdin)
    out = sys.stdout.buffer
    if "tie" in order:
        out.write(json.dumps(phonemes(**order)).encode())
        return
    rate, samples, sounds = speak(**order)
    out.write(json.dumps({"rate": rate, "phonemes": sounds}).encode() + b"\n")
    out.write(samples)


if __name__ == "__main__":
    main(sys.argv[1])
