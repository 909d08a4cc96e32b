"""espeak-ng as a program of its own: an order on standard input, what was said on standard output.

espeak-ng is GPL-3.0, so it runs in this process and nothing else of Lipwire loads it (D17). Started with the folder that
holds the `espeakng_loader` package as its argument, it needs the standard library alone.

In: one JSON object (text, voice, words_per_minute, pitch). Out: a line of JSON (rate, phonemes as [IPA, first sample, end
sample]), then 16-bit samples of one channel.
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
_RATE, _PITCH = 1, 3


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


def speak(
    text: str, *, voice: str, words_per_minute: int, pitch: int
) -> tuple[int, bytes, list[tuple[str, int, int]]]:
    """Samples a second, 16-bit samples, and each sound with its first sample and the one after its last.

    `pitch` is 0..99, 50 being the voice's own.
    """
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    # It has room for 160 bytes of a path, which a function's folder can exceed.
    os.chdir(Path(espeakng_loader.get_data_path()).parent)
    rate: int = library.espeak_Initialize(
        _SYNCHRONOUS, 0, b".", _PHONEME_EVENTS_IN_IPA | _DONT_EXIT
    )
    if rate <= 0:
        raise RuntimeError("espeak-ng can't be initialized")
    pieces: list[bytes] = []
    starts: list[tuple[str, int]] = []

    def heard(samples: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type != _EVENT_END:
            if events[number].type == _EVENT_PHONEME:
                symbol = bytes(events[number].symbol).split(b"\0")[0].decode("utf-8", "ignore")
                starts.append((symbol, events[number].sample))
            number += 1
        return 0

    callback = _Callback(heard)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()):
        raise RuntimeError(f"espeak-ng has no voice {voice}")
    library.espeak_SetParameter(_RATE, words_per_minute, 0)
    library.espeak_SetParameter(_PITCH, pitch, 0)
    raw = text.encode()
    size = ctypes.c_size_t(len(raw) + 1)
    library.espeak_Synth(raw, size, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    samples = b"".join(pieces)
    ends = [start for _, start in starts[1:]] + [len(samples) // 2]
    sounds = [
        (symbol, start, end)
        for (symbol, start), end in zip(starts, ends, strict=True)
        if symbol.strip("_: ") and end > start
    ]
    return rate, samples, sounds


def main(packages: str) -> None:
    """One order."""
    sys.path.insert(0, packages)
    rate, samples, sounds = speak(**json.load(sys.stdin))
    out = sys.stdout.buffer
    out.write(json.dumps({"rate": rate, "phonemes": sounds}).encode() + b"\n")
    out.write(samples)


if __name__ == "__main__":
    main(sys.argv[1])
