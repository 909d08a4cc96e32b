"""Who speaks the training sentences: which programs, voices and languages, and who is kept out of training."""

from collections.abc import Mapping
from dataclasses import dataclass

from training.speech import phonesets

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
#: Voices made of recordings of people: flite's, and festival's (the speaker of `slt` is the same in both).
NATURAL_VOICES = ("slt", "rms", "kal16")
HELD_OUT_VOICE = "awb"


@dataclass(frozen=True, slots=True)
class FestivalVoice:
    """A voice of festival, how its text is written and what its phones are."""

    name: str
    #: As `wordfreq` names it.
    language: str
    phones: Mapping[str, str]
    encoding: str


FESTIVAL_VOICES = (
    FestivalVoice("cmu_us_slt_arctic_hts", "en", phonesets.ENGLISH, "ascii"),
    FestivalVoice("ked_diphone", "en", phonesets.ENGLISH, "ascii"),
    FestivalVoice("msu_ru_nsh_clunits", "ru", phonesets.RUSSIAN, "utf-8"),
    FestivalVoice("upc_ca_ona_hts", "ca", phonesets.CATALAN, "utf-8"),
    FestivalVoice("lp_diphone", "it", phonesets.ITALIAN, "iso-8859-1"),
    FestivalVoice("pc_diphone", "it", phonesets.ITALIAN, "iso-8859-1"),
    FestivalVoice("czech_dita", "cs", phonesets.CZECH, "iso-8859-2"),
    FestivalVoice("czech_machac", "cs", phonesets.CZECH, "iso-8859-2"),
    FestivalVoice("czech_ph", "cs", phonesets.CZECH, "iso-8859-2"),
    FestivalVoice("suo_fi_lj_diphone", "fi", phonesets.FINNISH, "iso-8859-15"),
    FestivalVoice("hy_fi_mv_diphone", "fi", phonesets.FINNISH, "iso-8859-15"),
)

#: Utterances of about four seconds.
ESPEAK_UTTERANCES = 1000
NATURAL_UTTERANCES = 1300
FESTIVAL_UTTERANCES = 700
HELD_OUT_UTTERANCES = 100
WORDS = (4, 14)
VOCABULARY = 6000
