"""An operator's own voices, behind the port of every engine."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import ValidationError

from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.speech import Speech, SpeechEngine
from lipwire.observability import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lipwire.adapters.speech.networks.catalogue import Catalogue, Network, Speaker
    from lipwire.adapters.speech.networks.piece import Piece
    from lipwire.adapters.speech.networks.session import NetworkSession
    from lipwire.adapters.speech.networks.store import VoiceFiles
    from lipwire.ports.speech import Spoken

#: The function that speaks has 120 s: what isn't said by then is given back while there is time to.
_LONGEST_S: Final = 110


class NetworkSynthesizer:
    """`Synthesizer` of networks in ONNX. The one that spoke last stays loaded: two may be more than memory holds."""

    def __init__(
        self,
        catalogue: Catalogue,
        files: VoiceFiles,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speakers = {
            f"{network.engine}/{speaker.name}".lower(): (network, speaker)
            for network in catalogue.networks
            for speaker in network.speakers
        }
        self._files = files
        self._clock = clock
        self._loaded: tuple[str, NetworkSession] | None = None

    def speak(self, speech: Speech) -> Spoken:
        """The text's pieces one after the other.

        Raises:
            SpeechFailedError: the voice is gone or broken, or can't say the text in the time there is.
            BusyError: its files can't be fetched just now.
        """
        found = self._speakers.get(speech.voice.lower())
        if found is None:
            raise SpeechFailedError(f"The voice `{speech.voice}` is not here any more.")
        from lipwire.adapters.speech.networks.piece import joined

        begun = self._clock()
        network, speaker = found
        voice = self._voice(network, speaker)
        pieces = voice.prepared(speech.text or "", speaker.languages[0])
        made = voice.spoken(pieces, rate_percent=speech.rate_percent)
        return joined(
            _in_time(made, len(pieces), self._clock, begun + _LONGEST_S),
            rate=voice.rate,
            pause_s=voice.pause_s,
            is_leveled=voice.is_leveled,
        )

    def _voice(self, network: Network, speaker: Speaker) -> _Voice:
        session = self._session(network)
        if network.engine is SpeechEngine.PIPER:
            return self._piper(session, network, speaker)
        return self._kokoro(session, network, speaker)

    def _session(self, network: Network) -> NetworkSession:
        # Loaded here: nobody else of this function needs numpy or ONNX Runtime.
        from lipwire.adapters.speech.networks.session import NetworkSession

        key = network.weights.sha256
        if self._loaded is None or self._loaded[0] != key:
            # The earlier one goes first.
            self._loaded = None
            path = self._files.path(network.weights)
            threads = os.cpu_count() or 1
            self._loaded = (key, NetworkSession(path, threads=threads, also=network.durations))
        return self._loaded[1]

    def _piper(self, session: NetworkSession, network: Network, speaker: Speaker) -> _Voice:
        from lipwire.adapters.speech.networks.piper import PiperVoice
        from lipwire.adapters.speech.networks.piper_config import PiperConfig

        if network.config is None:
            raise SpeechFailedError("The voice has no configuration.")
        try:
            config = PiperConfig.model_validate_json(self._files.path(network.config).read_bytes())
        except ValidationError as exc:
            logger.error("voice_config_invalid", network=network.name)
            raise SpeechFailedError from exc
        return PiperVoice(session, config, speaker=speaker.number)

    def _kokoro(self, session: NetworkSession, network: Network, speaker: Speaker) -> _Voice:
        from lipwire.adapters.speech.networks import kokoro
        from lipwire.adapters.speech.networks.kokoro_symbols import VOCABULARY

        if speaker.styles is None:
            raise SpeechFailedError("The voice has no styles.")
        styles = kokoro.styles_of(self._files.path(speaker.styles), speaker.name)
        own = network.config and kokoro.vocabulary_of(self._files.path(network.config))
        return kokoro.KokoroVoice(session, styles, own or dict(VOCABULARY))


class _Voice(Protocol):
    """A speaker of a network that is loaded."""

    rate: int
    pause_s: float
    is_leveled: bool

    def prepared(self, text: str, language: str) -> list[list[str]]: ...

    def spoken(self, pieces: list[list[str]], *, rate_percent: int) -> Iterator[Piece]: ...


def _in_time(
    pieces: Iterator[Piece], count: int, clock: Callable[[], float], latest: float
) -> Iterator[Piece]:
    """Each of them; none is begun that, as slow as the slowest so far, would end too late."""
    slowest, before = 0.0, clock()
    for place, piece in enumerate(pieces, start=1):
        now = clock()
        slowest, before = max(slowest, now - before), now
        yield piece
        if place < count and now + slowest > latest:
            raise SpeechFailedError("This voice takes too long to say so much.")
