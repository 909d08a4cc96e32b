"""The voices of this deployment: an operator's own, and those of lists beside this file, `name | shown as | languages`."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from lipwire.adapters.speech.networks.catalogue import Catalogue
from lipwire.domain.speech import SpeechEngine, Voice

_FOLDER: Final = Path(__file__).parent
_BEST_FIRST: Final = tuple(SpeechEngine)


class DeployedVoices:
    """`VoiceCatalog`: espeak-ng's everywhere, Amazon Polly's and own ones where the stage has them."""

    def __init__(self, *, with_polly: bool = False, own: Catalogue | None = None) -> None:
        self._with_polly = with_polly
        self._own = own or Catalogue()

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        polly = _listed(SpeechEngine.POLLY, changes_pitch=False) if self._with_polly else ()
        own = (voice for network in self._own.networks for voice in network.voices)
        found = (*polly, *own, *_listed(SpeechEngine.ESPEAK, changes_pitch=True))
        return tuple(sorted(found, key=lambda one: _BEST_FIRST.index(one.engine)))

    def voices(self) -> Sequence[Voice]:
        """All of them, the best engine's first."""
        return self._voices


def _listed(engine: SpeechEngine, *, changes_pitch: bool) -> tuple[Voice, ...]:
    lines = (_FOLDER / f"{engine}_voices.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        name, shown, languages = line.split(" | ")
        found.append(
            Voice(
                id=f"{engine}/{name}",
                name=shown,
                languages=tuple(languages.split()),
                engine=engine,
                changes_pitch=changes_pitch,
                gives_times=True,
            )
        )
    return tuple(found)
