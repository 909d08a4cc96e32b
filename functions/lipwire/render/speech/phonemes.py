"""Which mouth shape a phoneme makes: one table for IPA and one for ARPAbet, for rendering and training alike."""

from lipwire.render.speech.visemes import Viseme

#: Of the first IPA symbol; what is in no row is made behind the lips and the tongue's tip: `Viseme.K`.
_IPA = {
    "pbmɓ": Viseme.PBM,
    "fvɱʋβɸ": Viseme.FV,
    "wuyʊʉɥʍɯ": Viseme.W,
    "oɔøœʏɒɵɞ": Viseme.O,
    "aɑæʌɐɶ": Viseme.A,
    "eɛ": Viseme.E,
    "iɪj": Viseme.I,
    "tdnɲɾʈɖɳɗ": Viseme.T,
    "szʂʐ": Viseme.S,
    "ʃʒɕʑ": Viseme.CH,
    "rɹɻɚɝɽ": Viseme.R,
    "θð": Viseme.TH,
    "lʎɫɭɬɮ": Viseme.L,
    "əɜɘɤɨ": Viseme.SCHWA,
}
_BY_SYMBOL = {symbol: viseme for symbols, viseme in _IPA.items() for symbol in symbols}
#: Affricates look like what they end in; pf begins with a closure that must be seen.
_AFFRICATES = {
    "tʃ": Viseme.CH, "dʒ": Viseme.CH, "tɕ": Viseme.CH, "dʑ": Viseme.CH, "ʈʂ": Viseme.CH, "ɖʐ": Viseme.CH,
    "ts": Viseme.S, "dz": Viseme.S, "pf": Viseme.PBM,
}  # fmt: skip
_VOWELS = frozenset("aɑæʌɐɶeɛiɪoɔøœʏɒɵɞuyʊʉɯəɜɘɤɨ")
_TIE = "\u0361"
_STRESS_AND_PAUSES = "ˈˌ_: '|ˑː"

#: ARPAbet without its stress digits -> IPA.
_ARPABET = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "b": "b", "ch": "tʃ", "d": "d",
    "dh": "ð", "eh": "ɛ", "er": "ɝ", "ey": "eɪ", "f": "f", "g": "g", "hh": "h", "ih": "ɪ", "iy": "i", "jh": "dʒ",
    "k": "k", "l": "l", "m": "m", "n": "n", "ng": "ŋ", "ow": "oʊ", "oy": "ɔɪ", "p": "p", "r": "ɹ", "s": "s",
    "sh": "ʃ", "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
}  # fmt: skip


def viseme_of_ipa(symbol: str) -> Viseme:
    """The shape of one IPA phoneme; pauses and the empty string are silence."""
    plain = symbol.replace(_TIE, "").strip(_STRESS_AND_PAUSES)
    if not plain:
        return Viseme.SILENCE
    return _AFFRICATES.get(plain[:2], _BY_SYMBOL.get(plain[0], Viseme.K))


def shapes_of(symbol: str) -> tuple[Viseme, ...]:
    """The shapes one IPA phoneme makes one after another: two for a diphthong, else one."""
    first = viseme_of_ipa(symbol)
    plain = symbol.replace(_TIE, "").strip(_STRESS_AND_PAUSES)
    second = next((_BY_SYMBOL[one] for one in plain[1:] if one in _VOWELS), first)
    return (first, second) if plain[:1] in _VOWELS and second is not first else (first,)


def viseme_of_arpabet(phone: str) -> Viseme:
    """The shape of one ARPAbet phone, with or without stress; anything else (`pau`) is silence."""
    return viseme_of_ipa(_ARPABET.get(phone.lower().rstrip("012"), ""))
