"""Amazon Polly's neural voices.

Made by AWS's documentation and tested against its documented answers; it has not been run against AWS.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError, SpeechFailedError
from lipwire.domain.options import PhonemeTime
from lipwire.domain.speech import Speech
from lipwire.observability import logger
from lipwire.ports.speech import Spoken

#: The highest rate at which Polly gives plain samples.
_RATE: Final = 16_000
#: One call takes 3,000 billed characters; a piece ends with a sentence, or else with a word.
_PIECE: Final = 2_800
#: "3.14" ends none; scripts without blanks need none after their full stop.
_SENTENCE_END: Final = re.compile(r"[.!?…।]\s|[。！？]")
#: What passes by itself.
_TRANSIENT: Final = frozenset(
    {
        "ThrottlingException",
        "TooManyRequestsException",
        "ServiceFailureException",
        "ServiceUnavailable",
    }
)
#: Polly's visemes as a sound each of them stands for, in IPA; `sil` is silence.
_IPA: Final = {
    "p": "p", "t": "t", "S": "ʃ", "T": "θ", "f": "f", "k": "k", "i": "i", "r": "ɹ", "s": "s", "u": "u", "@": "ə",
    "a": "a", "e": "e", "E": "ɛ", "o": "o", "O": "ɔ",
}  # fmt: skip


class PollySynthesizer:
    """`Synthesizer` on Amazon Polly: each piece of the text is asked for twice, as samples and as speech marks."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def speak(self, speech: Speech) -> Spoken:
        """The pieces one after the other.

        Raises:
            SpeechFailedError: the region lacks the voice, or Polly refuses the text.
            BusyError: Polly can't be reached just now, or is asked too often.
        """
        samples = bytearray()
        phonemes: list[PhonemeTime] = []
        for piece in pieces_of(speech.text or ""):
            begin_ms = len(samples) * 1000 // (2 * _RATE)
            said = self._ask(piece, speech, OutputFormat="pcm", SampleRate=str(_RATE))
            marks = self._ask(
                piece, speech, OutputFormat="json", SpeechMarkTypes=["viseme"]
            ).decode()
            # A half sample would shift all that follows.
            samples += said[: len(said) // 2 * 2]
            phonemes += _times(marks, begin_ms, len(samples) * 1000 // (2 * _RATE))
        return Spoken(bytes(samples), _RATE, tuple(phonemes))

    def _ask(self, piece: str, speech: Speech, **form: Any) -> bytes:
        try:
            answer = self._client.synthesize_speech(
                Engine="neural",
                VoiceId=speech.voice_name,
                TextType="ssml",
                Text=f'<speak><prosody rate="{speech.rate_percent}%">{escape(piece)}</prosody></speak>',
                **form,
            )
            found: bytes = answer["AudioStream"].read()
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code in _TRANSIENT:
                raise BusyError from exc
            # Its message may hold the text.
            logger.error("Polly refused", code=code, voice=speech.voice)
            raise SpeechFailedError from exc
        except BotoCoreError as exc:
            raise BusyError from exc
        return found


def pieces_of(text: str) -> Iterator[str]:
    """The text in pieces that one call takes, cut after sentences where there are any, else between words.

    A text that one call takes is its only piece; nothing but the blanks at the cuts is lost.
    """
    rest = text.strip()
    while len(rest) > _PIECE:
        head = rest[:_PIECE]
        ends = [found.end() for found in _SENTENCE_END.finditer(head)]
        at = max(ends[-1] if ends else head.rfind(" "), 0) or _PIECE
        yield rest[:at].strip()
        rest = rest[at:].strip()
    if rest:
        yield rest


def _times(marks: str, begin_ms: int, end_ms: int) -> Iterator[PhonemeTime]:
    """Each viseme lasts until the next begins, the last one until the piece ends."""
    found = [json.loads(line) for line in marks.splitlines() if line.strip()]
    visemes = [
        (str(one["value"]), begin_ms + int(one["time"])) for one in found if one["type"] == "viseme"
    ]
    ends = [start for _, start in visemes[1:]] + [end_ms]
    for (value, start), end in zip(visemes, ends, strict=True):
        if value in _IPA and end > start:
            yield PhonemeTime(symbol=_IPA[value], start_ms=start, end_ms=end)
