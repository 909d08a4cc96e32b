"""The voices of this deployment, from lists that lie beside this file: `name | shown as | languages`."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from lipwire.domain.speech import SpeechEngine, Voice

_FOLDER: Final = Path(__file__).parent


class DeployedVoices:
    """`VoiceCatalog`: espeak-ng's everywhere, Amazon Polly's where the stage turned them on."""

    def __init__(self, *, with_polly: bool = False) -> None:
        self._with_polly = with_polly

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        polly = _listed(SpeechEngine.POLLY, changes_pitch=False) if self._with_polly else ()
        return (*polly, *_listed(SpeechEngine.ESPEAK, changes_pitch=True))

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
