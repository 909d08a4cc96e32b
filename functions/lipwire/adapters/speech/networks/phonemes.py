"""Which sounds a text has: espeak-ng says it, in its own process; networks speak them."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lipwire.adapters.speech.espeak import ask_espeak

#: What ends a clause, as networks know it.
_MARKS: Final = {
    **dict.fromkeys(".…。।։", "."),
    **dict.fromkeys("?？؟", "?"),
    **dict.fromkeys("!！", "!"),
    **dict.fromkeys(",，،、", ","),
    **dict.fromkeys(":：", ":"),
    **dict.fromkeys(";；؛–—", ";"),
}
_ENDS_SENTENCE: Final = frozenset(".?!")
#: The mark before what can follow it: quotes, brackets, blanks.
_MARK: Final = re.compile(rf"([{re.escape(''.join(_MARKS))}])[\s\"'»«”“’‘„()\[\]（）「」]*$")
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n\s*$")
#: Around words of another language.
_FLAG: Final = re.compile(r"\([^)]*\)")
_LETTERS: Final = re.compile(r"[^.!?…。！？؟।]*[.!?…。！？؟।]*\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said in one breath: its sounds in IPA, and the mark behind it, if any."""

    sounds: str
    mark: str
    ends_sentence: bool


def clauses_of(text: str, *, voice: str, tie: str = "") -> tuple[Clause, ...]:
    """The clauses of a text, as this voice of espeak-ng reads it; `tie` joins the letters of one sound.

    Raises:
        SpeechFailedError: espeak-ng can't say.
    """
    answer: list[tuple[str, str]] = json.loads(
        ask_espeak({"text": text, "voice": voice, "tie": tie})
    )
    return tuple(
        _clause(sounds, read if last else read[:-1], is_last=last)
        for place, (sounds, read) in enumerate(answer)
        # The first character of the next clause has been read with each but the last.
        for last in (place == len(answer) - 1,)
        if sounds.strip()
    )


def _clause(sounds: str, read: str, *, is_last: bool) -> Clause:
    found = _MARK.search(read)
    mark = _MARKS[found[1]] if found else "." if is_last else ""
    ends = is_last or mark in _ENDS_SENTENCE or _PARAGRAPH.search(read) is not None
    return Clause(_FLAG.sub("", sounds).strip(), mark, ends)


def sentences_of(clauses: Sequence[Clause]) -> Iterator[str]:
    """The sounds of each sentence with its marks."""
    said = ""
    for clause in clauses:
        blank = "" if clause.ends_sentence else " "
        said += f"{clause.sounds}{clause.mark}{blank}"
        if clause.ends_sentence:
            yield said
            said = ""
    if said:
        yield said.rstrip()


def written_sentences(text: str) -> Iterator[str]:
    """The sentences of a text that is spelled, not pronounced."""
    for found in _LETTERS.findall(text):
        sentence = " ".join(found.split())
        if any(char.isalnum() for char in sentence):
            yield sentence


def pieces_of(symbols: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """The symbols in pieces that a network takes at once, cut at blanks where there are any."""
    rest = symbols
    while len(rest) > most:
        blanks = [place for place in range(1, most) if rest[place] == " "]
        at = blanks[-1] if blanks else most
        yield rest[:at]
        rest = rest[at + 1 :] if blanks else rest[at:]
    if rest:
        yield rest
