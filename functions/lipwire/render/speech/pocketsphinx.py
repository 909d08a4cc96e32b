"""Mouth shapes from CMU PocketSphinx's phone decoder and the US English model in its wheel.

It hears every language as English phones: lip closures and vowel colour survive that far better than words would.
"""

from collections.abc import Iterator

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from lipwire.render.speech.loudness import quiet_cuts
from lipwire.render.speech.model import HOP
from lipwire.render.speech.visemes import Viseme as V

#: One utterance for the decoder, whose memory and mean normalisation want an end.
_LONGEST_PIECE_FRAMES = 2_000
#: The decoder's frames look 25.6 ms ahead of their number; their middle is this many frames later.
_DELAY_FRAMES = 1

#: ARPAbet -> shapes in the order they are made, each a mixture.
_PHONES: dict[str, tuple[dict[V, float], ...]] = {
    "AA": ({V.A: 1.0},),
    "AE": ({V.A: 0.6, V.E: 0.4},),
    "AH": ({V.SCHWA: 0.6, V.A: 0.4},),
    "AO": ({V.O: 0.7, V.A: 0.3},),
    "AW": ({V.A: 1.0}, {V.O: 0.3, V.W: 0.7}),
    "AY": ({V.A: 1.0}, {V.I: 0.7, V.E: 0.3}),
    "B": ({V.PBM: 1.0},),
    "CH": ({V.CH: 1.0},),
    "D": ({V.T: 1.0},),
    "DH": ({V.TH: 1.0},),
    "EH": ({V.E: 1.0},),
    "ER": ({V.R: 0.7, V.SCHWA: 0.3},),
    "EY": ({V.E: 1.0}, {V.I: 0.7, V.E: 0.3}),
    "F": ({V.FV: 1.0},),
    "G": ({V.K: 1.0},),
    "IH": ({V.I: 0.6, V.E: 0.4},),
    "IY": ({V.I: 1.0},),
    "JH": ({V.CH: 1.0},),
    "K": ({V.K: 1.0},),
    "L": ({V.L: 1.0},),
    "M": ({V.PBM: 1.0},),
    "N": ({V.T: 1.0},),
    "NG": ({V.K: 1.0},),
    "OW": ({V.O: 1.0}, {V.W: 0.7, V.O: 0.3}),
    "OY": ({V.O: 1.0}, {V.I: 0.7, V.E: 0.3}),
    "P": ({V.PBM: 1.0},),
    "R": ({V.R: 1.0},),
    "S": ({V.S: 1.0},),
    "SH": ({V.CH: 1.0},),
    "T": ({V.T: 1.0},),
    "TH": ({V.TH: 1.0},),
    "UH": ({V.W: 0.4, V.SCHWA: 0.6},),
    "UW": ({V.W: 1.0},),
    "V": ({V.FV: 1.0},),
    "W": ({V.W: 1.0},),
    "Y": ({V.I: 1.0},),
    "Z": ({V.S: 1.0},),
    "ZH": ({V.CH: 1.0},),
}
_SILENCE: tuple[dict[V, float], ...] = ({V.SILENCE: 1.0},)


class PocketSphinxModel:
    """The `allphone` search: a phone bigram, no words."""

    name = "pocketsphinx-en-us-5.1.1"

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(
            hmm=pocketsphinx.get_model_path("en-us/en-us"),
            allphone=pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin"),
            lm=None,
            dict=None,
            lw=2.0,
            beam=1e-20,
            pbeam=1e-20,
            # Dither is noise; the same voice must give the same mouth.
            dither=False,
            loglevel="FATAL",
        )

    def posteriors(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `SpeechModel`; one shape or mixture per phone, so rows change in steps."""
        frames = -(-len(samples) // HOP)
        rows = np.zeros((frames, len(V)), np.float32)
        cuts = quiet_cuts(samples, longest=_LONGEST_PIECE_FRAMES)
        for first, last in zip(cuts, cuts[1:], strict=False):
            for start, stop, shape in self._shapes(samples[first * HOP : last * HOP]):
                begin = min(first + start + _DELAY_FRAMES, last) if start else first
                for viseme, weight in shape.items():
                    rows[begin : min(first + stop + _DELAY_FRAMES, last), viseme] = weight
        rows[rows.sum(axis=1) == 0, V.SILENCE] = 1.0
        return rows

    def _shapes(self, piece: NDArray[np.float32]) -> Iterator[tuple[int, int, dict[V, float]]]:
        """(first frame, frame after the last, mixture), in order."""
        segments = self._segments(piece)
        spoken = [_PHONES.get(phone, _SILENCE) for phone, _, _ in segments]
        for n, (phone, start, stop) in enumerate(segments):
            shapes = spoken[n]
            if phone == "HH":
                # Breath: the mouth is already where the next sound wants it.
                shapes = (spoken[n + 1][0],) if n + 1 < len(spoken) else ({V.K: 1.0},)
            edges = [start + (stop - start) * k // len(shapes) for k in range(len(shapes) + 1)]
            for k, shape in enumerate(shapes):
                yield edges[k], edges[k + 1], shape

    def _segments(self, piece: NDArray[np.float32]) -> list[tuple[str, int, int]]:
        if len(piece) < 4 * HOP:
            return []
        pcm = (np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, no_search=False, full_utt=True)
        self._decoder.end_utt()
        return [
            (segment.word, segment.start_frame, segment.end_frame + 1)
            for segment in self._decoder.seg() or ()
        ]
