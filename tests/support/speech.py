"""A voice made by espeak-ng, with the true time of every phoneme.

espeak-ng is GPL: `synthesize` starts this file as a program of its own and reads what it prints, so nothing of ours is
linked to it. It needs the `espeakng-loader` package, which the tools have and the renderer has not, and the standard
library.
"""

import ctypes
import importlib.util
import json
import subprocess
import sys
import wave
from pathlib import Path

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x0001 | 0x0002
_DONT_EXIT = 0x8000
_POSITION_CHARACTER = 1
_CHARS_UTF8 = 1
_EVENT_END = 0
_EVENT_PHONEME = 7
_PARAMETER_RATE = 1


def synthesize(
    text: str, voice: str, path: Path, *, words_per_minute: int = 160
) -> list[tuple[str, float, float]]:
    """`path` is a mono WAV of the text; the answer is (IPA symbol, start, end) in seconds, pauses left out."""
    # -P: this folder's modules must not stand before the standard library's.
    command = [_interpreter(), "-P", __file__, voice, str(path), str(words_per_minute)]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, timeout=60, check=False
    )
    if done.returncode:
        raise RuntimeError(f"espeak-ng failed: {done.stderr.decode(errors='replace')[-500:]}")
    return [(symbol, start, end) for symbol, start, end in json.loads(done.stdout)]


def _interpreter() -> str:
    """A Python that has espeakng-loader: this one, or the tools'."""
    if importlib.util.find_spec("espeakng_loader"):
        return sys.executable
    tools = Path(__file__).resolve().parents[2] / ".venv" / "tools" / "bin" / "python"
    if not tools.exists():
        raise RuntimeError("no Python here has the espeakng-loader package")
    return str(tools)


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def _speak(
    text: bytes, voice: str, words_per_minute: int
) -> tuple[int, bytes, list[tuple[str, int]]]:
    """Sample rate, 16-bit samples, and each phoneme with the sample it starts at."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(Path(espeakng_loader.get_data_path()).parent).encode()
    options = _PHONEME_EVENTS_IN_IPA | _DONT_EXIT
    rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, options)
    if rate <= 0:
        raise RuntimeError("espeak-ng can't be initialized")
    pieces: list[bytes] = []
    phonemes: list[tuple[str, int]] = []

    @_Callback
    def heard(samples, count: int, events) -> int:  # type: ignore[no-untyped-def]  # called from C
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, count * 2))
        number = 0
        while events[number].type != _EVENT_END:
            event = events[number]
            if event.type == _EVENT_PHONEME:
                # A full string of eight bytes has no terminator.
                raw = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0]
                phonemes.append((raw.decode("utf-8", "ignore"), event.sample))
            number += 1
        return 0

    library.espeak_SetSynthCallback(heard)
    wanted = _Voice(languages=voice.encode())
    if library.espeak_SetVoiceByName(voice.encode()) and library.espeak_SetVoiceByProperties(
        ctypes.byref(wanted)
    ):
        raise RuntimeError(f"espeak-ng has no voice {voice}")
    library.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
    length = ctypes.c_size_t(len(text) + 1)
    library.espeak_Synth(text, length, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    return rate, b"".join(pieces), phonemes


def _main(voice: str, path: str, words_per_minute: str) -> None:
    rate, samples, phonemes = _speak(sys.stdin.buffer.read(), voice, int(words_per_minute))
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    end = len(samples) // 2
    stops = [start for _, start in phonemes[1:]] + [end]
    spoken = [
        (symbol, start / rate, stop / rate)
        for (symbol, start), stop in zip(phonemes, stops, strict=True)
        if symbol.strip("_: ") and stop > start
    ]
    json.dump(spoken, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
