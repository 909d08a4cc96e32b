"""Who speaks the training sentences: which programs, voices and languages, and who is kept out of training."""

#: espeak-ng voice -> the language of its words in `wordfreq`.
LANGUAGES = {
    "en-us": "en", "en": "en", "de": "de", "fr": "fr", "es": "es", "it": "it", "pt-br": "pt", "nl": "nl",
    "pl": "pl", "cs": "cs", "ru": "ru", "sv": "sv", "fi": "fi", "hu": "hu", "ro": "ro", "el": "el", "hi": "hi",
    "id": "id",
}  # fmt: skip
HELD_OUT_LANGUAGE = ("tr", "tr")
#: Of espeak-ng's own voice: other throats.
VARIANTS = (
    "", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+croak", "+klatt2",
    "+klatt4",
)  # fmt: skip
#: flite's voices are made of recordings of people.
NATURAL_VOICES = ("slt", "rms", "kal16")
HELD_OUT_VOICE = "awb"

#: Utterances of about five seconds.
ESPEAK_UTTERANCES = 1300
NATURAL_UTTERANCES = 1700
HELD_OUT_UTTERANCES = 100
WORDS = (4, 14)
VOCABULARY = 6000
