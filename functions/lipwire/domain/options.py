"""What a caller may choose for a job: typed once, honoured by the engine, refused, or listed under `warnings`.

Times are whole milliseconds of the source unless said; places are shares of the upright picture, 0..1 from its top
left corner, so they hold at every output size.
"""

from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, Field

from lipwire.domain.ids import AssetId
from lipwire.domain.model import Model


class WhenShorter(StrEnum):
    """What the picture does when it is shorter than the voice."""

    #: The output ends with the picture; the rest of the voice is not heard.
    CUT_OFF = "cut_off"
    #: From the start again, until the voice ends.
    LOOP = "loop"
    #: To and fro; the last pass is played to its end, in silence where the voice has ended.
    BOUNCE = "bounce"
    #: To and fro, until the voice ends.
    BOUNCE_EXACT = "bounce_exact"
    #: The output is as long as the picture, whatever the voice: cut where it is longer, silence where it is shorter.
    SILENCE = "silence"
    #: Played slower, so that both end together.
    REMAP = "remap"


class WhenLonger(StrEnum):
    """What the picture does when it is longer than the voice."""

    #: The output ends with the voice.
    TRIM = "trim"
    #: The whole picture; the mouth rests when the voice has ended.
    KEEP = "keep"
    #: Played faster, so that both end together.
    REMAP = "remap"


class Quality(StrEnum):
    """How much work goes into the looks."""

    DRAFT = "draft"
    STANDARD = "standard"
    BEST = "best"


class EditedRegion(StrEnum):
    """How much of the face may move."""

    MOUTH = "mouth"
    MOUTH_AND_JAW = "mouth_and_jaw"


class OriginalSound(StrEnum):
    """What becomes of the source's own sound."""

    REPLACE = "replace"
    #: Below the voice, at `original_volume`.
    MIX = "mix"


class Expression(StrEnum):
    """What the face shows besides the words."""

    NEUTRAL = "neutral"
    SMILING = "smiling"
    SERIOUS = "serious"


class SpeakingOrder(StrEnum):
    """Who speaks when, with two faces and two voices."""

    TOGETHER = "together"
    LEFT_FIRST = "left_first"
    RIGHT_FIRST = "right_first"


class Options(Model):
    """Base: frozen, nothing extra."""

    model_config = ConfigDict(extra="forbid")


class TimeRange(Options):
    """From `start` (included) to `end` (not), in ms or as an SMPTE timecode HH:MM:SS:FF (;FF drops frames)."""

    start: int | str
    end: int | str


class SpeechSegment(Options):
    """A part of the source in which a voice is heard; times in ms."""

    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    #: 0 is the voice, 1 the second one.
    voice: int = Field(default=0, ge=0, le=1)
    #: From here on in the voice's own file, and at most until there; what it lacks of the segment is silence.
    from_ms: int = Field(default=0, ge=0)
    until_ms: int | None = Field(default=None, gt=0)


class Point(Options):
    """A place in the upright picture."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Box(Options):
    """A rectangle in the upright picture."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class PixelBox(Options):
    """A rectangle in pixels of the upright source, in its frame of that number, from 0; a point where it has no size."""

    left: int = Field(ge=0)
    top: int = Field(ge=0)
    right: int = Field(ge=0)
    bottom: int = Field(ge=0)
    frame: int = Field(default=0, ge=0)


class FaceChoice(Options):
    """Which face speaks; exactly one of these. None of them chooses the one who seems to speak, else the largest."""

    #: Counted from the left in the first frame that shows them all, from 0.
    number: int | None = Field(default=None, ge=0)
    point: Point | None = None
    box: Box | None = None
    pixels: PixelBox | None = None
    #: Time in the source at which `point` or `box` is meant.
    at_ms: int = Field(default=0, ge=0)


class PhonemeTime(Options):
    """One sound of the voice; `symbol` in IPA, times in ms of the voice file."""

    symbol: str = Field(min_length=1, max_length=8)
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)


class JobOptions(Options):
    """What a caller may choose; every one is honoured or refused, never dropped."""

    #: None lets Lipwire choose the best engine that can run here.
    engine: str | None = None
    quality: Quality = Quality.STANDARD
    #: Same input, same seed, same bytes; None is 0.
    seed: int | None = Field(default=None, ge=0, le=2**32 - 1)

    trim_start_ms: int | None = Field(default=None, ge=0)
    trim_end_ms: int | None = Field(default=None, gt=0)
    #: The voice is heard from here on.
    speech_start_ms: int | None = Field(default=None, ge=0)
    when_shorter: WhenShorter = WhenShorter.BOUNCE_EXACT
    when_longer: WhenLonger = WhenLonger.TRIM
    max_duration_ms: int | None = Field(default=None, gt=0)
    #: Parts of the source in which the mouth may change; none means everywhere. The voice runs along with the (trimmed)
    #: source; outside these parts the source's own picture and sound stay, and the output is as long as the source.
    time_ranges: tuple[TimeRange, ...] = ()

    #: Which voice is heard when, on one face; elsewhere as outside `time_ranges`. None plays the voice from its start.
    segments: tuple[SpeechSegment, ...] = ()

    fps: int | None = Field(default=None, ge=24, le=60)
    max_fps: int | None = Field(default=None, ge=1, le=120)
    #: The shorter side in pixels, 480, 720 or 1080; None keeps the source's. Never enlarges.
    height: int | None = None

    #: An image asset of any size, stretched over the picture: white may change, black must not.
    mask_id: AssetId | None = None
    region: EditedRegion = EditedRegion.MOUTH_AND_JAW
    #: 0 mumbles, 0.5 is the speaker's own measure, 1 exaggerates.
    expressiveness: float = Field(default=0.5, ge=0, le=1)
    expression: Expression = Expression.NEUTRAL
    #: Words of style in any language of the catalogue (`style.py`); they set the two above where those are left out:
    #: done when a job is created, so an engine finds the two above set and need not look here.
    style: str | None = Field(default=None, max_length=2000)

    face: FaceChoice | None = None
    #: A second voice, for the second face; with it, `face` chooses nobody: left and right speak.
    second_speech_id: AssetId | None = None
    speaking_order: SpeakingOrder = SpeakingOrder.TOGETHER

    #: BCP 47; a hint.
    language: str | None = Field(default=None, max_length=35)
    phonemes: tuple[PhonemeTime, ...] = Field(default=(), max_length=5000)

    original_sound: OriginalSound = OriginalSound.REPLACE
    #: Of the source's sound below the voice, 0..1.
    original_volume: float = Field(default=0.2, ge=0, le=1)
    #: File name that the result is downloaded as, without folder; `.mp4` is added where it lacks.
    output_name: str | None = Field(default=None, min_length=1, max_length=260)

    @property
    def changed_ranges(self) -> tuple[TimeRange, ...]:
        """Parts of the source in which the mouth may change, by ranges or by segments; none means everywhere."""
        by_segment = (TimeRange(start=one.start_ms, end=one.end_ms) for one in self.segments)
        return tuple(by_segment) or self.time_ranges


#: Every option, by the name that errors and warnings call it.
OPTION_NAMES: Final = frozenset(JobOptions.model_fields) - {"engine"}

HEIGHTS: Final = (480, 720, 1080)


def chosen(options: JobOptions) -> frozenset[str]:
    """Names of the options that differ from what is done without them."""
    plain = JobOptions()
    return frozenset(
        name for name in OPTION_NAMES if getattr(options, name) != getattr(plain, name)
    )
