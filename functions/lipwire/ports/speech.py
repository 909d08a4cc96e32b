"""Speech: which voices there are, who makes them speak, and where a speech of its own is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from lipwire.domain.assets import Asset
from lipwire.domain.idempotency import Also
from lipwire.domain.options import PhonemeTime
from lipwire.domain.speech import Speech, Voice


class VoiceCatalog(Protocol):
    """The voices of this deployment."""

    def voices(self) -> Sequence[Voice]: ...


class NoVoices:
    """The catalogue of whoever speaks nothing."""

    def voices(self) -> Sequence[Voice]:
        """None."""
        return ()


NO_VOICES: Final = NoVoices()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said: 16-bit little-endian samples of one channel, and when each sound is heard, where that is known."""

    samples: bytes
    rate: int
    phonemes: tuple[PhonemeTime, ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long it is."""
        return len(self.samples) * 500 // self.rate


class Synthesizer(Protocol):
    """One engine."""

    def speak(self, speech: Speech) -> Spoken:
        """The text as its voice says it.

        Raises:
            SpeechFailedError: it can't be said, whoever tries.
            BusyError: not just now.
        """


class Speaker(Protocol):
    """Speaks for those who can't: whatever the engine, the result lies where the asset's bytes belong."""

    def speak(self, asset: Asset) -> None:
        """The audio, and before it the times of its sounds, lie in the uploads bucket.

        Raises:
            SpeechFailedError, BusyError: as `Synthesizer`.
            TooLongError: it lasts longer than the account's plan allows; nothing of it is kept.
        """


class SpeechStore(Protocol):
    """Speech that is made on its own, and paid for by itself."""

    def create(self, asset: Asset, *, key_id: str, also: Also | None = None) -> None:
        """Asset + CHARGE + start of the workflow that speaks it + what `also` adds, all or nothing.

        Raises:
            UnauthenticatedError: the key ended, or the account was closed, since they were looked up.
            InsufficientCreditsError: the balance can't cover the charge; nothing was written.
        """
