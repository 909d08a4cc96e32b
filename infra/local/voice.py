"""Speech for the demo: `python -m infra.local.voice VOICE PATH.wav < TEXT`.

espeak-ng is GPL-3.0, so it runs in this process of its own and nothing else of Lipwire loads it (D17).
"""

import ctypes
import sys
import wave

_RETRIEVAL = 1  # espeak_AUDIO_OUTPUT: samples come to the callback
_POSITION_IN_CHARACTERS = 1
_UTF8 = 1

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def speak(text: str, voice: str, path: str) -> None:
    """A mono 16-bit WAV of the text in that voice ("en-us", "es", …).

    Raises:
        RuntimeError: the library or the voice can't be had.
    """
    import espeakng_loader

    espeak = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(espeakng_loader.get_data_path()).encode()
    rate = espeak.espeak_Initialize(_RETRIEVAL, 200, data, 0)
    if rate <= 0:
        raise RuntimeError("espeak-ng could not start")
    samples = bytearray()

    @_Callback  # type: ignore[untyped-decorator]  # ctypes' own
    def collect(buffer: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if buffer and count:
            samples.extend(ctypes.string_at(buffer, count * 2))
        return 0

    espeak.espeak_SetSynthCallback(collect)
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        raise RuntimeError(f"espeak-ng has no voice {voice}")
    raw = text.encode()
    espeak.espeak_Synth(raw, len(raw) + 1, 0, _POSITION_IN_CHARACTERS, 0, _UTF8, None, None)
    espeak.espeak_Synchronize()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(samples))


if __name__ == "__main__":
    speak(sys.stdin.read(), sys.argv[1], sys.argv[2])
