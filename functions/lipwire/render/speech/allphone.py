"""PocketSphinx's phone decoder by its C functions, so that other threads go on while it hears.

The wheel's own class keeps Python's lock for as long as an utterance is decoded; calls by ctypes do not. Configuration
and results are the same (https://cmusphinx.github.io/doc/pocketsphinx/pocketsphinx_8h.html).
"""

import ctypes
import json
import weakref
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import pocketsphinx
from numpy.typing import NDArray
from pocketsphinx import _pocketsphinx

_Pointer = ctypes.c_void_p
#: Name -> type of the result, types of the arguments.
_FUNCTIONS: Final[dict[str, tuple[Any, ...]]] = {
    "ps_config_parse_json": (_Pointer, _Pointer, ctypes.c_char_p),
    "ps_config_free": (ctypes.c_int, _Pointer),
    "ps_init": (_Pointer, _Pointer),
    "ps_free": (ctypes.c_int, _Pointer),
    "ps_start_utt": (ctypes.c_int, _Pointer),
    "ps_process_raw": (
        ctypes.c_int,
        _Pointer,
        _Pointer,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.c_int,
    ),
    "ps_end_utt": (ctypes.c_int, _Pointer),
    "ps_seg_iter": (_Pointer, _Pointer),
    "ps_seg_next": (_Pointer, _Pointer),
    "ps_seg_word": (ctypes.c_char_p, _Pointer),
    "ps_seg_frames": (
        None,
        _Pointer,
        ctypes.POINTER(ctypes.c_int),
        ctypes.POINTER(ctypes.c_int),
    ),
}
#: Wider beams hear the same for a quarter more time. Our own noise is seeded; the decoder's would differ from run to run.
SETTINGS: Final = {
    "lw": 2.0,
    "beam": 1e-10,
    "pbeam": 1e-10,
    # Sounds are compared with the model's in every second frame, and searched in all: a third less time. Alone it hears
    # a little worse so (m, b, p of five voices 0.63 for 0.66), together with the network the same.
    "ds": 2,
    "dither": False,
    "loglevel": "FATAL",
}


class PhoneDecoder:
    """The `allphone` search of the US English model: a phone bigram, no words. One thread at a time.

    What it hears depends a little on the utterances before: a new one hears the same voice the same way.
    """

    def __init__(self) -> None:
        self._library = _library()
        settings = {
            **SETTINGS,
            "hmm": pocketsphinx.get_model_path("en-us/en-us"),
            "allphone": pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin"),
        }
        config = self._library.ps_config_parse_json(None, _as_json(settings))
        if not config:
            # A decoder without a configuration would be one that crashes when it is used.
            raise RuntimeError("PocketSphinx refuses its settings")
        self._decoder = self._library.ps_init(config)
        self._library.ps_config_free(config)
        if not self._decoder:
            raise RuntimeError("PocketSphinx can't load its model")
        weakref.finalize(self, self._library.ps_free, self._decoder)

    def segments(self, pcm: NDArray[np.int16]) -> list[tuple[str, int, int]]:
        """One utterance of 16 kHz mono sound: each phone (ARPAbet, or a silence), its first frame, the one after its last.

        Frames are 10 ms.
        """
        library, decoder = self._library, self._decoder
        pcm = np.ascontiguousarray(pcm, dtype=np.int16)
        done = [
            library.ps_start_utt(decoder),
            library.ps_process_raw(decoder, pcm.ctypes.data, len(pcm), 0, 1),
            library.ps_end_utt(decoder),
        ]
        if min(done) < 0:
            raise RuntimeError("PocketSphinx can't decode")
        return list(self._found())

    def _found(self) -> Iterator[tuple[str, int, int]]:
        library = self._library
        first, last = ctypes.c_int(), ctypes.c_int()
        segment = library.ps_seg_iter(self._decoder)
        while segment:
            library.ps_seg_frames(segment, ctypes.byref(first), ctypes.byref(last))
            yield library.ps_seg_word(segment).decode(), first.value, last.value + 1
            segment = library.ps_seg_next(segment)


def _as_json(settings: Mapping[str, object]) -> bytes:
    """As PocketSphinx reads it: it knows no escapes of Unicode."""
    return json.dumps(settings, ensure_ascii=False).encode()


@cache
def _library() -> ctypes.CDLL:
    """The wheel's extension module, which exports the whole C interface."""
    library = ctypes.CDLL(_pocketsphinx.__file__)
    for name, (result, *arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
