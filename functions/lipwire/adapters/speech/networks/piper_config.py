"""What Piper's voices say of themselves: `<voice>.onnx.json`, as https://github.com/OHF-Voice/piper1-gpl documents it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator

from lipwire.domain.model import Model

#: Before a sentence, between its sounds, behind it.
BEGIN, PAD, END = "^", "_", "$"
_CODE: Final = re.compile(r"([a-z]{2,3})[_-]([A-Za-z]{2}|\d{3})")


class Audio(Model):
    """Its sound."""

    sample_rate: Annotated[int, Field(ge=8000, le=48_000)]
    quality: Annotated[str, Field(max_length=20)] | None = None


class Espeak(Model):
    """The voice of espeak-ng that says which sounds a text has."""

    voice: Annotated[str, Field(min_length=1, max_length=40)]


class Inference(Model):
    """How it speaks when nobody says otherwise."""

    noise_scale: float = 0.667
    length_scale: Annotated[float, Field(gt=0, le=10)] = 1.0
    noise_w: float = 0.8


class Language(Model):
    """`en_US`."""

    code: str


class PiperConfig(Model):
    """A voice's own file; what isn't needed to speak is passed over."""

    audio: Audio
    espeak: Espeak
    inference: Inference = Inference()
    phoneme_type: Literal["espeak", "text"] = "espeak"
    phoneme_id_map: dict[str, tuple[int, ...]]
    num_speakers: Annotated[int, Field(ge=1)] = 1
    speaker_id_map: dict[str, int] = Field(default_factory=dict)
    #: Vowels that are one symbol where they follow each other.
    vowel_clusters: tuple[tuple[str, ...], ...] | None = None
    language: Language | None = None
    dataset: str | None = None

    @field_validator("phoneme_id_map")
    @classmethod
    def _marks_are_there(cls, ids: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        if not {BEGIN, PAD, END} <= ids.keys():
            raise ValueError("the marks of begin, pause and end are not in it")
        return ids

    @field_validator("num_speakers", mode="before")
    @classmethod
    def _one_at_least(cls, number: int) -> int:
        # Some voices of one speaker say none.
        return number or 1

    def languages(self, file_name: str) -> tuple[str, ...]:
        """BCP 47, the voice's own first; where the file doesn't say it, its name or its espeak voice does."""
        for said in (self.language.code if self.language else "", file_name, self.espeak.voice):
            found = _CODE.match(said)
            if found:
                return f"{found[1]}-{found[2].upper()}", found[1]
        return (self.espeak.voice.partition("-")[0],)

    def symbols_of(self, phonemes: str) -> list[str]:
        """IPA as the network's own symbols: one for each code point, accents apart, and clusters that it knows as one."""
        symbols = list(unicodedata.normalize("NFD", phonemes))
        clusters = sorted(self.vowel_clusters or (), key=len, reverse=True)
        return list(_joined(symbols, clusters)) if clusters else symbols

    def ids_of(self, symbols: Sequence[str]) -> tuple[list[int], list[int]]:
        """What the network takes, and the place in `symbols` that each number stands for; -1 is for begin and end.

        A symbol that it doesn't know is left out.
        """
        ids = [*self.phoneme_id_map[BEGIN], *self.phoneme_id_map[PAD]]
        owners = [-1] * len(ids)
        for place, symbol in enumerate(symbols):
            if symbol in self.phoneme_id_map:
                own = (*self.phoneme_id_map[symbol], *self.phoneme_id_map[PAD])
                ids += own
                owners += [place] * len(own)
        end = self.phoneme_id_map[END]
        return [*ids, *end], [*owners, *([-1] * len(end))]


def _joined(symbols: Sequence[str], clusters: Sequence[tuple[str, ...]]) -> Iterator[str]:
    at = 0
    while at < len(symbols):
        found = next((one for one in clusters if tuple(symbols[at : at + len(one)]) == one), None)
        yield "".join(found) if found else symbols[at]
        at += len(found) if found else 1
