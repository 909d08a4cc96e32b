"""When each sound is heard, from how long a network makes each of its symbols."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lipwire.domain.options import PhonemeTime

_SYMBOL_LENGTH = 8
_STRESS = frozenset("ˈˌ")
#: Kokoro's single letters for what is two in IPA (its vocabulary, from https://github.com/hexgrad/misaki).
_SHORT = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "ᵊ": "ə",
    "ʤ": "dʒ", "ʧ": "tʃ", "ʣ": "dz", "ʥ": "dʑ", "ʦ": "ts", "ʨ": "tɕ", "ꭧ": "tʂ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sounding:
    """A symbol of a network, from one sample to another."""

    symbol: str
    start: int
    end: int


def soundings(
    symbols: Sequence[str],
    owners: Sequence[int],
    durations: Sequence[float],
    *,
    begin: int,
    samples: int,
) -> list[Sounding]:
    """Each symbol with its samples; `owners` says which symbol each number that the network took stands for.

    `durations` are of those numbers, in whatever unit: together they last as long as the `samples` that were made.
    """
    whole = sum(durations) or 1.0
    edges = [begin]
    passed = 0.0
    for one in durations:
        passed += one
        edges.append(begin + round(passed / whole * samples))
    found: list[Sounding] = []
    last = -1
    for place, owner in enumerate(owners):
        if owner < 0:
            continue
        if owner == last:
            found[-1] = Sounding(found[-1].symbol, found[-1].start, edges[place + 1])
        else:
            found.append(Sounding(symbols[owner], edges[place], edges[place + 1]))
        last = owner
    return found


def times_of(sounded: Sequence[Sounding], rate: int) -> tuple[PhonemeTime, ...]:
    """The sounds in IPA: stress begins the sound behind it, length and accents prolong the one before.

    Blanks and marks are silence, and what is shorter than a millisecond is left out.
    """
    found = (
        (one.symbol[:_SYMBOL_LENGTH], one.start * 1000 // rate, one.end * 1000 // rate)
        for one in _sounds(sounded)
    )
    return tuple(
        PhonemeTime(symbol=symbol, start_ms=start, end_ms=end)
        for symbol, start, end in found
        if end > start
    )


def _sounds(sounded: Sequence[Sounding]) -> Iterator[Sounding]:
    held: Sounding | None = None
    stressed_at: int | None = None
    for one in sounded:
        kind = unicodedata.category(one.symbol[0])
        if one.symbol in _STRESS:
            if held is not None:
                yield held
            held, stressed_at = None, one.start
        elif one.symbol in _SHORT or kind in {"Ll", "Lo", "Lu", "Lt"}:
            if held is not None:
                yield held
            start = one.start if stressed_at is None else stressed_at
            held, stressed_at = Sounding(_SHORT.get(one.symbol, one.symbol), start, one.end), None
        elif kind in {"Lm", "Mn", "Mc", "Sk", "Nd"}:
            if held is not None:
                held = Sounding(held.symbol + one.symbol, held.start, one.end)
        else:
            if held is not None:
                yield held
            held, stressed_at = None, None
    if held is not None:
        yield held
