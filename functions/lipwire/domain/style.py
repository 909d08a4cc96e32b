"""Words of style, in the languages our users write, as expressiveness and expression."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, TypeVar

from lipwire.domain.options import Expression

Asked = TypeVar("Asked", float, Expression)

#: Catalogue: what a word asks for. Latin words are compared without accents and case, by their beginning.
_EXPRESSIVENESS: Final[dict[float, str]] = {
    0.15: """mumbl murmur whisper murmel nuschel susurr marmonne chuchot borbott sussurr mompel fluister
             嘟囔 低语 つぶやき ささやき 중얼 속삭""",
    0.3: """subtl gentl soft restrain understat reserv minimal sutil suave discret moderad dezent sanft leise
            zuruckhaltend douce doux retenu sobre tranquil sottil delicat morbid subtiel zacht ingetogen
            微妙 轻柔 柔和 含蓄 控えめ 繊細 穏やか 은은 부드러""",
    0.35: """calm relax quiet peaceful ruhig entspannt gelassen calme detendu calma rilassat rustig kalm ontspannen
             平静 冷静 放松 落ち着 リラックス 차분 편안""",
    0.5: """natural normal naturlich naturel naturale natuurlijk 自然 普通 ナチュラル 자연""",
    0.7: """energetic livel expressive animat dynamic enthusias excit vivid energic expresiv entusias lebhaft energisch
            ausdrucks begeistert vivant expressif anime enthousias expressiv espressiv energiek levendig
            活泼 充满活力 有活力 热情 兴奋 元気 活発 情熱 활기 열정 생동""",
    0.9: """exaggerat theatrical dramatic exagera teatral dramatic ubertrieb theatralisch dramatisch
            exager theatral dramatique esagerat teatrale drammatic overdreven theatraal
            夸张 戏剧 大げさ 誇張 ドラマチック 과장 극적""",
}
_EXPRESSION: Final[dict[Expression, str]] = {
    Expression.SMILING: """smil happy cheerful joy friendl warm sonri feliz alegr amable lachel frohlich glucklich
            freundlich souri heureu joyeu amical sorri amig sorrid felice allegr amichevol glimlach blij vrolijk
            vriendelijk 微笑 笑 开心 快乐 高兴 友好 笑顔 嬉し 楽し 미소 웃 행복 즐거 친절""",
    Expression.SERIOUS: """serious stern formal grave sober seri ernst ernsthaft streng serieu formel formell
            formeel plechtig streng 严肃 认真 正式 真剣 真面目 진지 엄숙 심각""",
    Expression.NEUTRAL: """neutral neutr neutraal 中性 中立 ニュートラル 중립""",
}
_STRONGER: Final = frozenset(
    [
        "very",
        "really",
        "highly",
        "extremely",
        "muy",
        "sehr",
        "ganz",
        "tres",
        "muito",
        "molto",
        "heel",
        "erg",
        "zeer",
    ]
)
_WEAKER: Final = frozenset(
    [
        "slightly",
        "somewhat",
        "little",
        "bit",
        "ligeramente",
        "poco",
        "leicht",
        "etwas",
        "legerement",
        "peu",
        "pouco",
        "ligeiramente",
        "leggermente",
        "po",
        "beetje",
        "licht",
        "iets",
    ]
)
_NOT: Final = frozenset(
    [
        "not",
        "no",
        "without",
        "never",
        "kein",
        "keine",
        "nicht",
        "ohne",
        "sin",
        "pas",
        "sans",
        "sem",
        "nao",
        "non",
        "senza",
        "niet",
        "geen",
        "zonder",
    ]
)
#: Words around the ones that matter, in those languages.
_FILLERS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "with",
        "in",
        "of",
        "to",
        "be",
        "make",
        "it",
        "look",
        "looks",
        "style",
        "tone",
        "way",
        "more",
        "but",
        "or",
        "please",
        "speak",
        "speaking",
        "talk",
        "face",
        "expression",
        "manner",
        "is",
        "as",
        "his",
        "her",
        "their",
        "lips",
        "mouth",
        "voice",
        "un",
        "una",
        "el",
        "la",
        "los",
        "las",
        "y",
        "e",
        "con",
        "de",
        "en",
        "mas",
        "pero",
        "o",
        "estilo",
        "tono",
        "habla",
        "ein",
        "eine",
        "einen",
        "der",
        "die",
        "das",
        "und",
        "mit",
        "im",
        "stil",
        "ton",
        "mehr",
        "aber",
        "oder",
        "bitte",
        "sprich",
        "le",
        "les",
        "une",
        "et",
        "avec",
        "dans",
        "du",
        "des",
        "ton",
        "plus",
        "mais",
        "ou",
        "parle",
        "um",
        "uma",
        "os",
        "as",
        "com",
        "mais",
        "mas",
        "fala",
        "i",
        "gli",
        "lo",
        "il",
        "uno",
        "di",
        "piu",
        "ma",
        "een",
        "het",
        "en",
        "met",
        "van",
        "stijl",
        "toon",
        "meer",
        "maar",
        "of",
        "graag",
    ]
)
_CJK_FILLERS: Final = "的地得很非常请和与且一点说话風格风格にでをはがのとなく少しとてもで話す表情語気씩하게한이가을를은는으로말해주세요고며게"


@dataclass(frozen=True, slots=True)
class Style:
    """What words of style ask for; None where they say nothing of it."""

    expressiveness: float | None
    expression: Expression | None
    #: Words that are not in the catalogue, as they were written.
    unknown: tuple[str, ...]


def style_of(text: str) -> Style:
    """The style that words ask for. Of several the strongest departure counts, and the last expression named."""
    measure: float | None = None
    expression: Expression | None = None
    unknown: list[str] = []
    factor, negated = 1.0, False
    for word in _words(text):
        plain = _plain(word)
        if plain in _STRONGER:
            factor = 1.5
        elif plain in _WEAKER:
            factor = 0.5
        elif plain in _NOT:
            negated = True
        elif (asked := _measure(plain)) is not None:
            value = 0.5 if negated else min(1.0, max(0.0, 0.5 + factor * (asked - 0.5)))
            if measure is None or abs(value - 0.5) > abs(measure - 0.5):
                measure = round(value, 3)
            factor, negated = 1.0, False
        elif (shown := _expression(plain)) is not None:
            expression = Expression.NEUTRAL if negated else shown
            factor, negated = 1.0, False
        elif plain not in _FILLERS and word not in unknown:
            unknown.append(word)
    return Style(measure, expression, tuple(unknown))


def _words(text: str) -> list[str]:
    """Words between spaces and signs; in scripts without spaces the catalogue's own words, and the rest between them."""
    found: list[str] = []
    for run in re.findall(r"[\w'-]+", unicodedata.normalize("NFKC", text)):
        if not re.search(r"[぀-ヿ㐀-鿿가-힣]", run):
            found += [part for part in re.split(r"['-]", run) if part]
            continue
        for piece in _CJK_WORDS.split(run):
            bare = piece.strip(_CJK_FILLERS)
            if bare:
                found.append(bare)
    return found


def _plain(word: str) -> str:
    """Lower case, without accents; Chinese, Japanese and Korean as they are."""
    if re.search(r"[぀-ヿ㐀-鿿가-힣]", word):
        return word
    parts = unicodedata.normalize("NFKD", word.casefold().replace("ß", "ss"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _measure(word: str) -> float | None:
    return _longest(
        {stem: value for value, stems in _EXPRESSIVENESS.items() for stem in stems.split()}, word
    )


def _expression(word: str) -> Expression | None:
    return _longest(
        {stem: value for value, stems in _EXPRESSION.items() for stem in stems.split()}, word
    )


def _longest(stems: dict[str, Asked], word: str) -> Asked | None:
    fitting = [stem for stem in stems if word.startswith(stem)]
    return stems[max(fitting, key=len)] if fitting else None


#: Splits a run at the words of the catalogue and keeps them; longer ones first.
_CJK_WORDS: Final = re.compile(
    "("
    + "|".join(
        sorted(
            (
                word
                for stems in (*_EXPRESSIVENESS.values(), *_EXPRESSION.values())
                for word in stems.split()
                if not word.isascii()
            ),
            key=len,
            reverse=True,
        )
    )
    + ")"
)
