"""The phones of festival's voices, in IPA; the empty string is a pause."""

#: CMU's "radio" set of US English.
ENGLISH = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "axr": "ɚ", "ay": "aɪ", "b": "b", "ch": "tʃ",
    "d": "d", "dh": "ð", "dx": "ɾ", "eh": "ɛ", "el": "l", "em": "m", "en": "n", "er": "ɚ", "ey": "eɪ", "f": "f",
    "g": "g", "hh": "h", "hv": "h", "ih": "ɪ", "iy": "i", "jh": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n",
    "nx": "n", "ng": "ŋ", "ow": "oʊ", "oy": "ɔɪ", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ",
    "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ", "pau": "", "h#": "", "brth": "", "ssil": "",
}  # fmt: skip
#: Moscow's Russian voice: a doubled consonant is palatal, a doubled vowel stressed.
RUSSIAN = {
    "pau": "", "aa": "a", "ee": "e", "ii": "i", "oo": "o", "uu": "u", "yy": "ɨ", "a": "a", "e": "e", "i": "i", "y": "ɨ",
    "u": "u", "ae": "ə", "ay": "ɪ", "ur": "ʊ", "c": "ts", "ch": "tɕ", "sh": "ʂ", "sch": "ɕ", "zh": "ʐ", "h": "x",
    "hh": "x", "j": "j", **{twice + twice: twice for twice in "pbtdkgfvszmnlr"}, **{one: one for one in "pbtdkgfvszmnlr"},
}  # fmt: skip
CATALAN = {
    "_": "", "#": "",
    "pau": "", "ax": "ə", "e1": "e", "E1": "ɛ", "o1": "o", "O1": "ɔ", "a1": "a", "i1": "i", "u1": "u", "ax1": "ə",
    "e": "e", "E": "ɛ", "o": "o", "O": "ɔ", "a": "a", "i": "i", "u": "u", "y": "j", "w": "w", "uw": "w", "j": "j",
    "p": "p", "t": "t", "k": "k", "b": "b", "d": "d", "g": "g", "B": "β", "D": "ð", "G": "ɣ", "f": "f", "s": "s",
    "z": "z", "S": "ʃ", "Z": "ʒ", "ch": "tʃ", "tS": "tʃ", "dZ": "dʒ", "ts": "ts", "dz": "dz", "m": "m", "n": "n",
    "J": "ɲ", "N": "ŋ", "nm": "ɱ", "l": "l", "L": "ʎ", "r": "ɾ", "rr": "r", "v": "v", "h": "h", "x": "x", "th": "θ",
}  # fmt: skip
ITALIAN = {
    "#": "", "tS": "tʃ", "dZ": "dʒ", "ts": "ts", "dz": "dz", "S": "ʃ", "Z": "ʒ", "J": "ɲ", "L": "ʎ", "E": "ɛ", "O": "ɔ",
    "E1": "ɛ", "O1": "ɔ", "SS": "ʃ", "JJ": "ɲ", "LL": "ʎ", "@": "ə", "ng": "ŋ", "nf": "ɱ",
    **{f"{vowel}1": vowel for vowel in "aeiou"}, **{one: one for one in "aeioupbtdkgfvszmnlrwjh"},
}  # fmt: skip
CZECH = {
    "#": "", "_": "", "c~": "tʃ", "s~": "ʃ", "z~": "ʒ", "r~": "r", "r~*": "r", "n~": "ɲ", "d~": "ɟ", "t~": "c",
    "ch": "x", "x": "x", "c": "ts", "dz": "dz", "n*": "ŋ", "m*": "ɱ", "g~": "ɣ", "@": "ə", "h": "h", "j": "j",
    "dz~": "dʒ", "ou": "oʊ", "au": "aʊ", "eu": "eʊ", "o~": "o", "a~": "a", "e~": "e", "w": "v", "q": "k", "y": "i",
    **{f"{vowel}:": vowel for vowel in "aeiou"}, **{one: one for one in "aeioupbtdkgfvszmnlr"},
}  # fmt: skip
FINNISH = {
    "#": "", "##": "", "@": "æ", "@:": "æ", "7": "ø", "7:": "ø", "y": "y", "y:": "y", "N": "ŋ", "N:": "ŋ", "S": "ʃ", "Z": "ʒ",
    "?": "", "&": "ə", "T": "θ", "D": "ð", "T:": "θ", "D:": "ð", "L": "ʎ", "L:": "ʎ", "S:": "ʃ", "Z:": "ʒ", "9": "ø", "9:": "ø", "oe": "ø", "oe:": "ø", "q": "ø", "q:": "ø",
    **{f"{one}:": one for one in "aeioupbtdkgfvszmnlrhj"}, **{one: one for one in "aeioupbtdkgfvszmnlrhjw"},
}  # fmt: skip
