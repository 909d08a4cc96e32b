"""Kokoro's symbols: the numbers it takes them by, and how espeak-ng's sounds are written in them.

The vocabulary is the one that the model's makers publish with it (`config.json` of Kokoro-82M); how they write the sounds of
each language is told at https://github.com/hexgrad/misaki.
"""

from collections.abc import Mapping, Sequence
from typing import Final

#: "number symbol", of the published model.
_PUBLISHED: Final = (
    '1; 2: 3, 4. 5! 6? 9— 10… 11" 12( 13) 14“ 15” 17\u0303 18ʣ 19ʥ 20ʦ 21ʨ 22ᵝ 23ꭧ 24A 25I 31O 33Q 35S 36T 39W 41Y 42ᵊ '
    "43a 44b 45c 46d 47e 48f 50h 51i 52j 53k 54l 55m 56n 57o 58p 59q 60r 61s 62t 63u 64v 65w 66x 67y 68z 69ɑ 70ɐ 71ɒ "
    "72æ 75β 76ɔ 77ɕ 78ç 80ɖ 81ð 82ʤ 83ə 85ɚ 86ɛ 87ɜ 90ɟ 92ɡ 99ɥ 101ɨ 102ɪ 103ʝ 110ɯ 111ɰ 112ŋ 113ɳ 114ɲ 115ɴ 116ø "
    "118ɸ 119θ 120œ 123ɹ 125ɾ 126ɻ 128ʁ 129ɽ 130ʂ 131ʃ 132ʈ 133ʧ 135ʊ 136ʋ 138ʌ 139ɣ 140ɤ 142χ 143ʎ 147ʒ 148ʔ 156ˈ "
    "157ˌ 158ː 162ʰ 164ʲ 169↓ 171→ 172↗ 173↘ 177ᵻ"
)
VOCABULARY: Final[Mapping[str, int]] = {" ": 16, '"': 11} | {
    one[-1]: int(one[:-1]) for one in _PUBLISHED.split()
}
#: At both ends of what it is given.
_EDGE: Final = 0

#: The first letter of a speaker's name -> its languages, and the voice of espeak-ng that reads them. Japanese (j) and
#: Chinese (z) are not among them: their makers read them by programs of their own, in symbols that espeak-ng hasn't.
LANGUAGES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "a": (("en-US", "en"), "en-us"),
    "b": (("en-GB", "en"), "en-gb-x-rp"),
    "e": (("es-ES", "es"), "es"),
    "f": (("fr-FR", "fr"), "fr"),
    "h": (("hi-IN", "hi"), "hi"),
    "i": (("it-IT", "it"), "it"),
    "p": (("pt-BR", "pt"), "pt-br"),
}

#: Written with one letter in every language; `^` joins what is one sound.
_ONE_LETTER: Final = {
    "a^ɪ": "I", "a^ʊ": "W", "e^ɪ": "A", "ɔ^ɪ": "Y", "o^ʊ": "O", "ə^ʊ": "Q",
    "d^ʒ": "ʤ", "t^ʃ": "ʧ", "d^z": "ʣ", "t^s": "ʦ",
}  # fmt: skip
_ENGLISH: Final = {
    "e^ə": "ɛː", "ə^l": "ᵊl", "n\u0329": "ᵊn", "l\u0329": "ᵊl", "m\u0329": "ᵊm",
    "e": "A", "o": "ɔ", "r": "ɹ", "x": "k", "ç": "k", "ɬ": "l", "ɐ": "ə", "ʲ": "", "\u0303": "",
}  # fmt: skip
_AMERICAN: Final = {"ɚ": "əɹ", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɪə": "iə", "ː": ""}
_BRITISH: Final = {"iə": "ɪə"}


def espeak_voice(language: str) -> str:
    """Who reads a language of `LANGUAGES`."""
    wanted = language.lower()
    primary = wanted.partition("-")[0]
    every = list(LANGUAGES.values())
    exact = (voice for tags, voice in every if wanted in {one.lower() for one in tags})
    near = (voice for tags, voice in every if primary == tags[-1])
    return next(exact, None) or next(near, "en-us")


def in_its_symbols(sounds: str, tie: str, *, language: str) -> str:
    """IPA, with its tied sounds, as the network knows it; what it doesn't know stays."""
    written = sounds.replace(tie, "^")
    tables = [_ONE_LETTER]
    if language.lower().startswith("en"):
        british = espeak_voice(language) != "en-us"
        tables += [_ENGLISH, _BRITISH if british else _AMERICAN]
    for table in tables:
        for ipa, own in table.items():
            written = written.replace(ipa, own)
    return written.replace("^", "")


def ids_of(symbols: Sequence[str], vocabulary: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """What the network takes, and the place in `symbols` of each number; -1 is for the edges."""
    ids = [vocabulary[one] for one in symbols]
    return [_EDGE, *ids, _EDGE], [-1, *range(len(ids)), -1]
