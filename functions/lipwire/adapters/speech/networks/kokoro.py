"""Voices of Kokoro's kind: one network for all speakers, each of them a file of styles.

Inputs `tokens` or `input_ids` (1 x n), `style` (1 x 256) and `speed` (1); outputs samples and, of some exports, `duration` or
`durations`: how long each token is made (https://github.com/hexgrad/kokoro, https://github.com/thewh1teagle/kokoro-onnx).
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lipwire.adapters.speech.networks.kokoro_symbols import espeak_voice, ids_of, in_its_symbols
from lipwire.adapters.speech.networks.phonemes import clauses_of, pieces_of, sentences_of
from lipwire.adapters.speech.networks.piece import Piece
from lipwire.adapters.speech.networks.session import NetworkSession
from lipwire.adapters.speech.networks.timing import soundings
from lipwire.domain.errors import SpeechFailedError
from lipwire.observability import logger

_RATE: Final = 24_000
_STYLE: Final = 256
#: It takes 510 at most; a little less leaves the styles their range.
_MOST_TOKENS: Final = 400
#: Joins the letters of one sound in what espeak-ng says.
_TIE: Final = "^"
_DURATIONS: Final = frozenset({"duration", "durations"})


class KokoroVoice:
    """A network, and the styles of one of its speakers."""

    def __init__(
        self, session: NetworkSession, styles: NDArray[np.float32], vocabulary: dict[str, int]
    ) -> None:
        self._session = session
        self._styles = styles
        self._vocabulary = vocabulary
        self._tokens = "input_ids" if "input_ids" in session.inputs else "tokens"
        self._durations = next(
            (place for place, one in enumerate(session.outputs) if one in _DURATIONS), None
        )
        self.rate = _RATE
        #: It makes its own silence at both ends.
        self.pause_s = 0.0
        self.is_leveled = False

    def prepared(self, text: str, language: str) -> list[list[str]]:
        """The text's symbols, in pieces that are spoken at once.

        Raises:
            SpeechFailedError: espeak-ng can't say which sounds it has.
        """
        voice = espeak_voice(language)
        said = [
            in_its_symbols(one, _TIE, language=language)
            for one in sentences_of(clauses_of(text, voice=voice, tie=_TIE))
        ]
        known = [
            [symbol for symbol in one if symbol in self._vocabulary]
            for one in _gathered(said, _MOST_TOKENS)
        ]
        return [list(piece) for one in known for piece in pieces_of(one, _MOST_TOKENS)]

    def spoken(self, pieces: list[list[str]], *, rate_percent: int) -> Iterator[Piece]:
        """Each piece, as it is made.

        Raises:
            SpeechFailedError: the network can't speak them.
        """
        for symbols in pieces:
            ids, owners = ids_of(symbols, self._vocabulary)
            row = min(len(symbols), len(self._styles)) - 1
            answers = self._session.run(
                {
                    self._tokens: [ids],
                    "style": self._styles[row].reshape(1, _STYLE),
                    "speed": [rate_percent / 100],
                }
            )
            sounded = None
            if self._durations is not None:
                made = answers[self._durations].tolist()
                if len(made) != len(ids):
                    raise SpeechFailedError("The voice's times are not of its sounds.")
                sounded = soundings(symbols, owners, made, begin=0, samples=len(answers[0]))
            yield Piece(answers[0], sounded)


def styles_of(path: Path, name: str) -> NDArray[np.float32]:
    """The speaker's styles: a row for each number of symbols. Of an archive of many, those of that name.

    Raises:
        SpeechFailedError: they are not there; the log says `voice_styles_broken`.
    """
    try:
        if zipfile.is_zipfile(path):
            with np.load(path, allow_pickle=False) as archive:
                found = archive[name]
        else:
            found = np.fromfile(path, "<f4")
        return np.asarray(found, np.float32).reshape(-1, _STYLE)
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        logger.error("voice_styles_broken", file=path.name, error=type(error).__name__)
        raise SpeechFailedError from error


def vocabulary_of(path: Path) -> dict[str, int]:
    """What a file of the model's own says: `{"vocab": {"a": 43, …}}`.

    Raises:
        SpeechFailedError: it says nothing of the kind; the log says `voice_config_invalid`.
    """
    try:
        said = json.loads(path.read_bytes())["vocab"]
        return {str(symbol): int(number) for symbol, number in said.items()}
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        logger.error("voice_config_invalid", file=path.name, error=type(error).__name__)
        raise SpeechFailedError from error


def _gathered(sentences: list[str], most: int) -> Iterator[str]:
    """Sentences together, as many as are spoken at once: alone, a short one sounds hasty."""
    together = ""
    for one in sentences:
        if together and len(together) + 1 + len(one) > most:
            yield together
            together = ""
        together = f"{together} {one}" if together else one
    if together:
        yield together
