"""Who can speak."""

from lipwire.domain.commands import Caller, ListVoices
from lipwire.domain.speech import Voice, speaks
from lipwire.ports.speech import VoiceCatalog


def list_voices(command: ListVoices, caller: Caller, *, voices: VoiceCatalog) -> tuple[Voice, ...]:
    """Every voice of this deployment, the best engine's first; or those of one language."""
    del caller
    wanted = command.language
    return tuple(one for one in voices.voices() if wanted is None or speaks(one, wanted))
