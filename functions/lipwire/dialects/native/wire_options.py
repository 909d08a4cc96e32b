"""The options of a job as the native API writes them, and their way to the domain and back."""

from typing import Annotated, Any, Literal

from pydantic import Field

from lipwire.dialects.jsonbody import validate
from lipwire.dialects.native.wire_base import MediaRef, Name, VoiceRef, Wire
from lipwire.domain import options as domain
from lipwire.domain.errors import InvalidOptionError

Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Pixel = Annotated[int, Field(ge=0, le=65_535)]
Timecode = Annotated[str, Field(min_length=11, max_length=11)]


class TimeRangeIn(Wire):
    """From `start` (included) to `end` (not)."""

    start: Seconds | Timecode = Field(
        description="Seconds, to the millisecond, or SMPTE HH:MM:SS:FF (HH:MM:SS;FF drops frames)."
    )
    end: Seconds | Timecode


class SegmentIn(Wire):
    """A part of the source in which a voice is heard; times in seconds."""

    start: Seconds
    end: Seconds
    voice: Annotated[int, Field(ge=0, le=1)] = Field(
        default=0, description="0 is `speech`, 1 `second_speech`."
    )
    voice_start: Seconds = Field(default=0.0, description="From here on in the voice's own file.")
    voice_end: Seconds | None = Field(default=None, description="And at most until there.")


class PointIn(Wire):
    """A place in the upright picture, 0 to 1 from its top left corner."""

    x: Share
    y: Share


class BoxIn(Wire):
    """A rectangle in the upright picture, 0 to 1 from its top left corner."""

    x: Share
    y: Share
    width: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    height: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class PixelsIn(Wire):
    """A rectangle in pixels of the upright source; a point where it has no size."""

    left: Pixel
    top: Pixel
    right: Pixel
    bottom: Pixel
    frame: int = Field(default=0, ge=0, description="Number of the source's frame, from 0.")


class FaceIn(Wire):
    """Which face speaks: exactly one of `number`, `point`, `box` and `pixels`."""

    number: int | None = Field(default=None, ge=0, description="Counted from the left, from 0.")
    point: PointIn | None = None
    box: BoxIn | None = None
    pixels: PixelsIn | None = None
    at: Seconds = Field(default=0.0, description="When in the source `point` or `box` is meant.")


class PhonemeIn(Wire):
    """One sound of the voice, in IPA; times in seconds of the voice, rounded to the millisecond."""

    symbol: Annotated[str, Field(min_length=1, max_length=8)]
    start: Seconds
    end: Seconds


class OptionsIn(Wire):
    """How to render; what can't be honoured is refused, or listed under `warnings`."""

    engine: Name | None = Field(
        default=None, description="An engine of GET /account; left out, the best one is chosen."
    )
    quality: Literal["draft", "standard", "best"] = Field(
        default="standard", description="More work for better looks."
    )
    seed: int | None = Field(
        default=None, ge=0, le=2**32 - 1, description="Same input and seed, same bytes."
    )
    trim_start: Seconds | None = Field(default=None, description="Seconds of the source; videos.")
    trim_end: Seconds | None = Field(default=None, description="Seconds of the source; videos.")
    speech_start: Seconds | None = Field(
        default=None, description="The voice is heard from here on, in seconds of its file."
    )
    when_shorter: Literal["cut_off", "loop", "bounce", "bounce_exact", "silence", "remap"] = Field(
        default="bounce_exact",
        description="A source shorter than the voice: end with it; play it again; to and fro in whole passes; to and "
        "fro until the voice ends; keep its own length whatever the voice; or play it slower.",
    )
    when_longer: Literal["trim", "keep", "remap"] = Field(
        default="trim",
        description="A source longer than the voice: end with the voice, go on, or be played faster.",
    )
    max_duration: Annotated[float, Field(ge=0.001, le=1_000_000)] | None = Field(
        default=None, description="The output is cut after so many seconds."
    )
    time_ranges: list[TimeRangeIn] = Field(
        default=[], max_length=100, description="Parts of the source that change; none means all."
    )
    segments: list[SegmentIn] = Field(
        default=[], max_length=100, description="Which voice is heard when, on one face."
    )
    fps: int | None = Field(default=None, ge=24, le=60)
    max_fps: int | None = Field(default=None, ge=1, le=120)
    height: int | None = Field(
        default=None, description="The shorter side: 480, 720 or 1080; never enlarges."
    )
    mask: MediaRef | None = Field(
        default=None, description="An image, stretched over the picture: white may change."
    )
    region: Literal["mouth", "mouth_and_jaw"] = Field(
        default="mouth_and_jaw", description="What of the face may move."
    )
    expressiveness: Share = Field(
        default=0.5, description="0 mumbles, 0.5 is the speaker's own measure, 1 exaggerates."
    )
    expression: Literal["neutral", "smiling", "serious"] = "neutral"
    style: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None,
        description="Words such as subtle or smiling, in many languages; they set the two above if left out.",
    )
    face: FaceIn | None = None
    second_speech: VoiceRef | None = Field(
        default=None, description="A second voice; the left of two faces has the first one."
    )
    speaking_order: Literal["together", "left_first", "right_first"] = "together"
    language: Annotated[str, Field(min_length=2, max_length=35)] | None = Field(
        default=None, description="BCP 47; a hint."
    )
    phonemes: list[PhonemeIn] = Field(default=[], max_length=5000)
    original_sound: Literal["replace", "mix"] = "replace"
    original_volume: Share = 0.2
    output_name: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="File name of the download; other signs than letters, digits, space and ._- become _.",
    )


#: Wire name: domain name, where a time in seconds becomes whole ms.
_TIMES = {
    "trim_start": "trim_start_ms",
    "trim_end": "trim_end_ms",
    "speech_start": "speech_start_ms",
    "max_duration": "max_duration_ms",
}
_ASSETS = {"mask": "mask_id", "second_speech": "second_speech_id"}


def to_options(given: OptionsIn) -> domain.JobOptions:
    """The domain's options, with only what the caller named set; what lies at a URL has no asset yet.

    Raises InvalidOptionError for a time finer than a millisecond.
    """
    values: dict[str, Any] = {}
    for name in given.model_fields_set:
        value = getattr(given, name)
        if value is None:
            continue
        if name in _TIMES:
            values[_TIMES[name]] = whole_ms(value)
        elif name in _ASSETS:
            if value.asset_id is not None:
                values[_ASSETS[name]] = value.asset_id
        elif name == "time_ranges":
            values[name] = [{"start": _moment(one.start), "end": _moment(one.end)} for one in value]
        elif name == "segments":
            values[name] = [
                {
                    "start_ms": whole_ms(one.start),
                    "end_ms": whole_ms(one.end),
                    "voice": one.voice,
                    "from_ms": whole_ms(one.voice_start),
                    "until_ms": None if one.voice_end is None else whole_ms(one.voice_end),
                }
                for one in value
            ]
        elif name == "phonemes":
            values[name] = [
                {
                    "symbol": one.symbol,
                    "start_ms": round(one.start * 1000),
                    "end_ms": round(one.end * 1000),
                }
                for one in value
            ]
        elif name == "face":
            values[name] = {**value.model_dump(exclude={"at"}), "at_ms": whole_ms(value.at)}
        else:
            values[name] = value
    return validate(domain.JobOptions, values)


def from_options(options: domain.JobOptions) -> OptionsIn:
    """The options as understood."""
    plain = options.model_dump(mode="json")
    values: dict[str, Any] = {name: plain[name] for name in OptionsIn.model_fields if name in plain}
    for name, inner in _TIMES.items():
        values[name] = None if plain[inner] is None else plain[inner] / 1000
    for name, inner in _ASSETS.items():
        values[name] = None if plain[inner] is None else {"asset_id": plain[inner]}
    values["time_ranges"] = [
        TimeRangeIn(start=_seconds(one.start), end=_seconds(one.end)) for one in options.time_ranges
    ]
    values["segments"] = [
        SegmentIn(
            start=one.start_ms / 1000,
            end=one.end_ms / 1000,
            voice=one.voice,
            voice_start=one.from_ms / 1000,
            voice_end=None if one.until_ms is None else one.until_ms / 1000,
        )
        for one in options.segments
    ]
    values["phonemes"] = [
        PhonemeIn(symbol=one.symbol, start=one.start_ms / 1000, end=one.end_ms / 1000)
        for one in options.phonemes
    ]
    if options.face is not None:
        face = options.face.model_dump()
        values["face"] = {**face, "at": face.pop("at_ms") / 1000}
        values["face"].pop("at_ms", None)
    return OptionsIn.model_validate(values)


def _moment(at: float | str) -> int | str:
    return at if isinstance(at, str) else whole_ms(at)


def _seconds(at: int | str) -> float | str:
    return at if isinstance(at, str) else at / 1000


def whole_ms(seconds: float) -> int:
    """Seconds as whole ms.

    Raises InvalidOptionError for a time finer than 1 ms: rounding would move it in silence.
    """
    ms = round(seconds * 1000)
    if abs(seconds * 1000 - ms) > 1e-6 * max(1.0, abs(seconds)):
        raise InvalidOptionError(f"{seconds!r} s is finer than a millisecond.", option="time")
    return ms
