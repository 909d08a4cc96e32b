"""What can be wrong with a text that is to be spoken; `errors.py` is where to import it from."""

from lipwire.domain.error_base import Kind, LipwireError


class NothingToSayError(LipwireError):
    code = "nothing_to_say"
    kind = Kind.INVALID
    title = "The text has nothing in it that can be said."
    mend = "Send a text with at least one letter or digit."


class TextTooLongError(LipwireError):
    code = "text_too_long"
    kind = Kind.INVALID
    title = "The text is longer than this account's limit."
    mend = "Send at most `limit` characters at once, or ask for a larger plan."


class VoiceNotFoundError(LipwireError):
    code = "voice_not_found"
    kind = Kind.INVALID
    title = "There is no such voice here."
    mend = "Choose one of GET /lipwire/v1/voices, or leave `voice` out and name a `language`."


class LanguageNotSpokenError(LipwireError):
    code = "language_without_voice"
    kind = Kind.INVALID
    title = "No voice here speaks this language."
    mend = "Choose a language of GET /lipwire/v1/voices, or send a voice file."


class SpeechFailedError(LipwireError):
    code = "speech_failed"
    title = "The text could not be spoken; nothing was charged."
    mend = "Try again, or choose another voice."
