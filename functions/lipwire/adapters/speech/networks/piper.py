"""Voices of Piper's kind: VITS networks that take the numbers of sounds and give samples.

Inputs `input` (1 x n, int64), `input_lengths` (1), `scales` (noise, length, noise of lengths) and, of networks with several
speakers, `sid` (1); outputs samples and how long each number is made: of exports that keep that to themselves it is asked for by name.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from lipwire.adapters.speech.networks.phonemes import (
    clauses_of,
    pieces_of,
    sentences_of,
    written_sentences,
)
from lipwire.adapters.speech.networks.piece import Piece
from lipwire.adapters.speech.networks.piper_config import PiperConfig
from lipwire.adapters.speech.networks.session import NetworkSession
from lipwire.adapters.speech.networks.timing import soundings
from lipwire.domain.errors import SpeechFailedError

#: Attention grows with the square of what a network is given at once.
_MOST_SYMBOLS: Final = 400
#: Between two sentences: the network ends each with its last sound.
_PAUSE_S: Final = 0.2


class PiperVoice:
    """A network and what its own file says of it."""

    def __init__(
        self, session: NetworkSession, config: PiperConfig, *, speaker: int | None
    ) -> None:
        self._session = session
        self._config = config
        self._speaker = speaker
        self.rate = config.audio.sample_rate
        self.pause_s = _PAUSE_S
        #: It is made as loud as its makers' own programs make it.
        self.is_leveled = True

    def prepared(self, text: str, language: str) -> list[list[str]]:
        """The text's symbols, in pieces that are spoken at once.

        Raises:
            SpeechFailedError: espeak-ng can't say which sounds it has.
        """
        del language  # a voice has one
        config = self._config
        if config.phoneme_type == "text":
            said = [unicodedata.normalize("NFD", one) for one in written_sentences(text)]
        else:
            said = list(sentences_of(clauses_of(text, voice=config.espeak.voice)))
        return [
            list(piece)
            for one in said
            for piece in pieces_of(config.symbols_of(one), _MOST_SYMBOLS)
        ]

    def spoken(self, pieces: list[list[str]], *, rate_percent: int) -> Iterator[Piece]:
        """Each piece, as it is made.

        Raises:
            SpeechFailedError: the network can't speak them.
        """
        inference = self._config.inference
        length = inference.length_scale * 100 / rate_percent
        for symbols in pieces:
            ids, owners = self._config.ids_of(symbols)
            if max(owners) < 0:
                continue
            values: dict[str, object] = {
                "input": [ids],
                "input_lengths": [len(ids)],
                "scales": [inference.noise_scale, length, inference.noise_w],
            }
            if "sid" in self._session.inputs:
                values["sid"] = [self._speaker or 0]
            samples, *more = self._session.run(values)
            sounded = None
            if more:
                if len(more[0]) != len(ids):
                    raise SpeechFailedError("The voice's times are not of its sounds.")
                sounded = soundings(
                    symbols, owners, more[0].tolist(), begin=0, samples=len(samples)
                )
            yield Piece(samples, sounded)
