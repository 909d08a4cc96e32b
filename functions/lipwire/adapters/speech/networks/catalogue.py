"""Which networks a deployment has, and who speaks by them: written when it is synthesized, read where voices are listed."""

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, ValidationError

from lipwire.domain.model import Model
from lipwire.domain.speech import SpeechEngine, Voice
from lipwire.observability import logger

#: The package in a layer of its own, and the file in it.
PACKAGE: Final = "lipwire_voices"
FILE: Final = "catalogue.json"


class _Frozen(Model):
    model_config = ConfigDict(extra="forbid")


class VoiceFile(_Frozen):
    """A file that a voice needs: where it lies, and its content's hash. Anything else is not spoken with."""

    key: str
    sha256: str
    size_bytes: int


class Speaker(_Frozen):
    """Somebody a network can speak as."""

    #: Part of the voice's id.
    name: str
    shown: str
    languages: tuple[str, ...]
    #: What the network knows the speaker by; None for the only one.
    number: int | None = None
    #: The file with the speaker's styles, for networks that take them from outside.
    styles: VoiceFile | None = None


class Network(_Frozen):
    """One network."""

    engine: SpeechEngine
    name: str
    #: What the operator has accepted for it.
    licence: str
    weights: VoiceFile
    #: What its makers say of it, where they do in a file of its own.
    config: VoiceFile | None = None
    quality: str | None = None
    gives_times: bool = False
    #: Where it knows how long its sounds are and doesn't put it out: the name of that.
    durations: str | None = None
    speakers: tuple[Speaker, ...]

    @property
    def files(self) -> Iterator[VoiceFile]:
        """Everything it needs, each file once."""
        every = (self.weights, self.config, *(one.styles for one in self.speakers))
        return iter({one.sha256: one for one in every if one is not None}.values())

    @property
    def voices(self) -> Iterator[Voice]:
        """Its speakers, as they are listed."""
        for one in self.speakers:
            yield Voice(
                id=f"{self.engine}/{one.name}",
                name=one.shown,
                languages=one.languages,
                engine=self.engine,
                gives_times=self.gives_times,
                quality=self.quality,
            )


class Catalogue(_Frozen):
    """Every network of a deployment."""

    networks: tuple[Network, ...] = ()


@cache
def deployed() -> Catalogue:
    """What was deployed here; nothing, where no operator added any, or what was added can't be read."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        return Catalogue()
    file = Path(package.origin).with_name(FILE)
    try:
        return Catalogue.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        logger.error("voice_catalogue_broken", error=type(error).__name__)
        return Catalogue()
