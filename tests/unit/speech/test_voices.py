"""Which voice speaks a text, what is refused, and what it costs."""

import pytest

from lipwire.adapters.speech.voices import DeployedVoices
from lipwire.domain.commands import ListVoices
from lipwire.domain.errors import (
    InvalidOptionError,
    LanguageNotSpokenError,
    NothingToSayError,
    TextTooLongError,
    VoiceNotFoundError,
)
from lipwire.domain.plans import PLANS
from lipwire.domain.speech import MOST_CHARACTERS, Script, SpeechEngine, choose_voice, speech_of
from lipwire.usecases.list_voices import list_voices
from tests.support.builders import a_caller
from tests.support.fakes_speech import VOICES, FakeVoices


@pytest.mark.parametrize(
    ("name", "language", "chosen"),
    [
        (None, None, "polly/Amy"),
        ("espeak/en-us", None, "espeak/en-us"),
        ("Polly/amy", "en-AU", "polly/Amy"),
        # The best engine's, but of the region that is asked for.
        (None, "en", "polly/Amy"),
        (None, "en-us", "espeak/en-us"),
        (None, "en-NZ", "polly/Amy"),
        (None, "fr-CA", "polly/Lea"),
        # By another name of the language.
        (None, "zh-CN", "espeak/cmn"),
        (None, "no", "espeak/nb"),
    ],
)
def test_a_voice_is_chosen_by_name_or_language(name, language, chosen):
    """Case counts for nothing."""
    assert choose_voice(VOICES, name=name, language=language).id == chosen


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"text": "…!? \n"}, NothingToSayError),
        ({"text": "a" * 101}, TextTooLongError),
        ({"text": "a", "voice": "espeak/tlh"}, VoiceNotFoundError),
        ({"text": "a", "language": "tlh"}, LanguageNotSpokenError),
        ({"text": "a", "voice": "polly/Lea", "language": "en"}, LanguageNotSpokenError),
        ({"text": "a", "voice": "polly/Lea", "pitch_percent": 120}, InvalidOptionError),
    ],
)
def test_what_cannot_be_said_is_refused(script, error):
    """Each by its own error, which says how to mend it."""
    with pytest.raises(error) as refused:
        speech_of(Script(**script), VOICES, most_characters=100)
    assert refused.value.message.count(".") >= 2


def test_the_limit_is_told_and_no_plan_has_more_than_an_engine_can():
    """Of the longest plan too."""
    with pytest.raises(TextTooLongError) as refused:
        speech_of(Script(text="ab"), VOICES, most_characters=1)
    assert refused.value.fields["limit"] == 1
    assert max(plan.max_speech_characters for plan in PLANS.values()) == MOST_CHARACTERS
    with pytest.raises(TextTooLongError):
        speech_of(Script(text="a" * (MOST_CHARACTERS + 1)), VOICES, most_characters=10**6)


@pytest.mark.parametrize(
    ("voice", "characters", "millicredits"),
    [("espeak/nb", 1, 1), ("espeak/nb", 10, 1), ("espeak/nb", 11, 2), ("polly/Amy", 999, 999)],
)
def test_characters_are_what_is_paid_for(voice, characters, millicredits):
    """Rounded up to a whole milli-credit."""
    speech = speech_of(Script(text="a" * characters, voice=voice), VOICES, most_characters=1000)
    assert (speech.characters, speech.millicredits) == (characters, millicredits)


def test_a_text_loses_what_no_voice_can_say():
    """Control characters; its ends."""
    speech = speech_of(Script(text=" a\0b\tc\u0085 "), VOICES, most_characters=9)
    assert (speech.text, speech.characters) == ("a b\tc", 5)


def test_more_than_a_hundred_languages_are_spoken_everywhere():
    """By robots, which the list says plainly; Amazon Polly's voices only where they are turned on."""
    alone, both = DeployedVoices().voices(), DeployedVoices(with_polly=True).voices()
    assert {one.engine for one in alone} == {SpeechEngine.ESPEAK}
    assert all(one.is_robotic and one.gives_times and one.changes_pitch for one in alone)
    assert len({one.language.partition("-")[0] for one in alone}) > 100
    assert len({one.id.lower() for one in both}) == len(both) > len(alone) + 50
    assert choose_voice(both, name=None, language="de").engine is SpeechEngine.POLLY
    assert choose_voice(both, name=None, language="sw").engine is SpeechEngine.ESPEAK
    assert not any(one.changes_pitch for one in both if not one.is_robotic)


def test_voices_are_listed_by_language():
    """Or all of them."""
    found = list_voices(ListVoices(language="fr"), a_caller(), voices=FakeVoices())
    assert [one.id for one in found] == ["polly/Lea", "espeak/fr-be"]
    assert len(list_voices(ListVoices(), a_caller(), voices=FakeVoices())) == len(VOICES)
