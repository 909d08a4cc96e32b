"""A text becomes a voice."""

from lipwire.domain.commands import Caller, CreateSpeech
from lipwire.domain.keys import KeyMode
from lipwire.domain.views import SpeechView
from lipwire.ports import Clock, IdSource
from lipwire.ports.speech import SpeechStore, VoiceCatalog
from lipwire.usecases.spoken_asset import spoken_asset


def create_speech(
    command: CreateSpeech,
    caller: Caller,
    *,
    speeches: SpeechStore,
    voices: VoiceCatalog,
    clock: Clock,
    ids: IdSource,
) -> SpeechView:
    """An asset that is about to be spoken, and is paid for: one transaction. A test key pays nothing.

    Raises:
        NothingToSayError, TextTooLongError, VoiceNotFoundError, LanguageNotSpokenError, InvalidOptionError.
        InsufficientCreditsError: the balance can't cover it.
    """
    asset = spoken_asset(
        command.script, caller, voices=voices, ids=ids, now=clock.now(), name=command.name
    )
    speech = asset.speech
    if speech is None:
        raise ValueError("a spoken asset has a speech")
    if caller.mode is not KeyMode.TEST:
        speech = speech.model_copy(update={"charged_millicredits": speech.millicredits})
    asset = asset.model_copy(update={"speech": speech})
    view = SpeechView(asset=asset, speech=speech)
    speeches.create(asset, key_id=caller.key_id, also=caller.also(view))
    return view
