"""Speech: a text, whose voice speaks it, and how.

A voice is named `engine/name`; which ones there are is the deployment's to say. Rate and pitch are shares of the voice's
own. What a text costs is counted in characters (docs/speech.md).
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, Field

from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import (
    InvalidOptionError,
    LanguageNotSpokenError,
    NothingToSayError,
    TextTooLongError,
    VoiceNotFoundError,
)
from lipwire.domain.ids import JobId
from lipwire.domain.model import Model

#: No plan allows more in one text.
MOST_CHARACTERS: Final = 5000
#: Of the voice's own rate and pitch, in percent: half and double are what every engine can do, an octave down and up.
LEAST_PERCENT, MOST_PERCENT = 50, 200

#: What a text can't hold: no voice says it, and XML, which one engine is asked in, has no way to write it.
_UNSPEAKABLE: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]"
_DEFAULT_LANGUAGE: Final = "en"


class SpeechEngine(StrEnum):
    """What speaks, best first: where a language alone is named, the first that has a voice for it is taken."""

    #: Amazon Polly's neural voices.
    POLLY = "polly"
    #: Voices of an operator's own: networks of Kokoro's kind, and of Piper's.
    KOKORO = "kokoro"
    PIPER = "piper"
    #: espeak-ng: rules, not recordings. Robotic in every language.
    ESPEAK = "espeak"


_RANK: Final = {engine: rank for rank, engine in enumerate(SpeechEngine)}
#: Milli-credits for a thousand characters. Where a price list sells texts for nothing, only what costs us nothing is free.
MILLICREDITS_PER_1000: Final = {
    SpeechEngine.POLLY: 1000,
    SpeechEngine.KOKORO: 400,
    SpeechEngine.PIPER: 200,
    SpeechEngine.ESPEAK: 100,
}
#: What entries of the ledger call these prices.
SPEECH_PRICES: Final = "speech/1"


class Voice(Model):
    """Somebody who can speak."""

    model_config = ConfigDict(extra="forbid")

    #: `engine/name`.
    id: str
    name: str
    #: BCP 47; the first is the voice's own, the others are what it is also asked for by.
    languages: tuple[str, ...] = Field(min_length=1)
    engine: SpeechEngine
    changes_pitch: bool = False
    #: Whether the engine says when each sound is spoken: those times drive the mouth directly.
    gives_times: bool = False
    #: As its makers call it, where they say: `low`, `medium`, `high`.
    quality: str | None = None

    @property
    def language(self) -> str:
        """What it speaks."""
        return self.languages[0]

    @property
    def is_robotic(self) -> bool:
        """Whether it sounds like a machine, plainly."""
        return self.engine is SpeechEngine.ESPEAK


class Script(Model):
    """What is to be said, as asked for: a voice, a language, or neither."""

    model_config = ConfigDict(extra="forbid")

    text: str
    voice: str | None = None
    language: str | None = None
    rate_percent: int = Field(default=100, ge=LEAST_PERCENT, le=MOST_PERCENT)
    pitch_percent: int = Field(default=100, ge=LEAST_PERCENT, le=MOST_PERCENT)


class Speech(Model):
    """What an asset is spoken from."""

    #: Forgotten once it has been spoken.
    text: str | None = None
    voice: str
    language: str
    rate_percent: int = 100
    pitch_percent: int = 100
    characters: int
    #: Paid when it was asked for; a job's speech is paid with the job.
    charged_millicredits: int = 0
    #: The job that it is spoken for, and paid with.
    job_id: JobId | None = None
    #: Whether a test key had it spoken, for nothing: only test jobs may be heard with it.
    is_test: bool = False
    #: Whether the times of its sounds lie beside it (`phonemes_key`).
    has_phonemes: bool = False
    #: What lasts longer is not kept; None keeps all.
    longest_ms: int | None = None

    @property
    def engine(self) -> SpeechEngine:
        """Who speaks."""
        return SpeechEngine(self.voice.partition("/")[0])

    @property
    def is_billed(self) -> bool:
        """Whether somebody else asks money for each character."""
        return self.engine is SpeechEngine.POLLY

    @property
    def voice_name(self) -> str:
        """The voice as its engine calls it."""
        return self.voice.partition("/")[2]

    @property
    def millicredits(self) -> Millicredits:
        """What these characters cost, rounded up."""
        return Millicredits(-(-self.characters * MILLICREDITS_PER_1000[self.engine] // 1000))


def speech_of(
    script: Script,
    voices: Sequence[Voice],
    *,
    most_characters: int,
    longest_ms: int | None = None,
) -> Speech:
    """What will be said, by which voice.

    Raises:
        NothingToSayError: no letter and no digit.
        TextTooLongError: more characters than the plan allows.
        VoiceNotFoundError: no voice has that name.
        LanguageNotSpokenError: no voice speaks the language, or the one that is named doesn't.
        InvalidOptionError: a pitch, for a voice that can't change its own.
    """
    text = re.sub(_UNSPEAKABLE, " ", script.text).strip()
    if not any(char.isalnum() for char in text):
        raise NothingToSayError(field="text")
    limit = min(most_characters, MOST_CHARACTERS)
    if len(text) > limit:
        raise TextTooLongError(
            f"The text has {len(text)} characters; this account may send {limit}.",
            field="text",
            limit=limit,
        )
    voice = choose_voice(voices, name=script.voice, language=script.language)
    if script.pitch_percent != 100 and not voice.changes_pitch:
        raise InvalidOptionError(f"The voice `{voice.id}` can't change its pitch.", option="pitch")
    return Speech(
        text=text,
        voice=voice.id,
        language=script.language or voice.language,
        rate_percent=script.rate_percent,
        pitch_percent=script.pitch_percent,
        characters=len(text),
        has_phonemes=voice.gives_times,
        longest_ms=longest_ms,
    )


def choose_voice(voices: Sequence[Voice], *, name: str | None, language: str | None) -> Voice:
    """The voice that is named; else the best engine's for the language, of its region where there is one.

    Raises:
        VoiceNotFoundError: there is none of that name.
        LanguageNotSpokenError: none speaks it, or the one that is named doesn't.
    """
    if name is not None:
        found = next((voice for voice in voices if voice.id.lower() == name.lower()), None)
        if found is None:
            raise VoiceNotFoundError(f"There is no voice {name!r} here.", field="voice")
        if language is not None and not speaks(found, language):
            raise LanguageNotSpokenError(
                f"The voice `{found.id}` speaks {found.language}, not {language}.", field="language"
            )
        return found
    wanted = language or _DEFAULT_LANGUAGE
    able = [voice for voice in voices if speaks(voice, wanted)]
    if not able:
        raise LanguageNotSpokenError(f"No voice here speaks {wanted}.", field="language")
    return min(able, key=lambda voice: _distance(voice, wanted))


def speaks(voice: Voice, language: str) -> bool:
    """Whether the voice speaks the language, of whatever region."""
    return _primary(language) in {_primary(one) for one in voice.languages}


def _distance(voice: Voice, language: str) -> tuple[bool, int, int]:
    """Another region's voice comes last; then the engine counts, then how much the language is the voice's own."""
    tags = [one.lower() for one in voice.languages]
    place = tags.index(language.lower()) if language.lower() in tags else len(tags)
    has_region = _primary(language) != language.lower()
    return (has_region and place == len(tags), _RANK[voice.engine], place)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def phonemes_key(audio_key: str) -> str:
    """Where the times of a speech's sounds lie: beside its audio, and leaving with it."""
    return f"{audio_key}.phonemes.json"
