"""Which options fit together, the source and the engine: refused before anything is rendered or charged."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from lipwire.domain.duration import trimmed_ms
from lipwire.domain.engines import EngineSpec
from lipwire.domain.errors import InvalidOptionError, OptionNotSupportedError
from lipwire.domain.media import MediaInfo, MediaKind
from lipwire.domain.options import (
    HEIGHTS,
    JobOptions,
    OriginalSound,
    SpeakingOrder,
    WhenShorter,
    chosen,
)
from lipwire.domain.style import style_of
from lipwire.domain.timecode import is_timecode, seconds_of
from lipwire.domain.warnings import JobWarning

#: Options that mean moving pictures; a picture refuses them.
_VIDEO_ONLY: Final = ("trim_start_ms", "trim_end_ms", "time_ranges", "segments", "original_sound")
#: Options that a picture, being as long as its voice, needs not.
_IDLE_ON_PICTURES: Final = ("when_shorter", "when_longer")
_NAME: Final = re.compile(r"[^\w .-]+")


def understood(options: JobOptions) -> tuple[JobOptions, tuple[JobWarning, ...]]:
    """The options with words of style turned into values and a clean output name, and what was not understood.

    Words set only what the caller left out (`model_fields_set`).
    """
    changes: dict[str, object] = {}
    warnings: tuple[JobWarning, ...] = ()
    if options.style is not None:
        style = style_of(options.style)
        if style.expressiveness is not None and "expressiveness" not in options.model_fields_set:
            changes["expressiveness"] = style.expressiveness
        if style.expression is not None and "expression" not in options.model_fields_set:
            changes["expression"] = style.expression
        if style.unknown:
            warnings = (JobWarning.of("style_not_understood", words=list(style.unknown[:50])),)
    if options.output_name is not None:
        changes["output_name"] = _clean(options.output_name)
    return options.model_copy(update=changes), warnings


def check_options(options: JobOptions) -> None:
    """Nothing, for options that fit together whatever the source is.

    Raises InvalidOptionError naming the option.
    """
    start, end = options.trim_start_ms or 0, options.trim_end_ms
    if end is not None and end <= start:
        raise InvalidOptionError("`trim_end` is not after `trim_start`.", option="trim_end")
    if options.height is not None and options.height not in HEIGHTS:
        raise InvalidOptionError("`height` is 480, 720 or 1080.", option="height")
    _check_face(options)
    _check_ranges(options)
    _check_segments(options)
    after = 0
    for sound in options.phonemes:
        if sound.start_ms < after or sound.end_ms <= sound.start_ms:
            raise InvalidOptionError(
                f"The phoneme at {sound.start_ms} ms is not after the one before, or ends before it begins.",
                option="phonemes",
            )
        after = sound.end_ms
    if options.second_speech_id is None and options.speaking_order is not SpeakingOrder.TOGETHER:
        raise InvalidOptionError(
            "`speaking_order` needs a `second_speech`.", option="speaking_order"
        )
    if options.second_speech_id is not None and options.speech_start_ms is not None:
        raise InvalidOptionError(
            "`speech_start` is of one voice; there are two.", option="speech_start"
        )
    if options.second_speech_id is not None and options.phonemes:
        raise InvalidOptionError("`phonemes` are of one voice; there are two.", option="phonemes")


def check_engine(options: JobOptions, spec: EngineSpec) -> None:
    """Nothing, for options that the engine honours; raises OptionNotSupportedError naming option and engine."""
    for name in sorted(chosen(options) - spec.options):
        raise OptionNotSupportedError(
            f"The engine `{spec.name}` can't honour `{name}`.", option=name, engine=spec.name
        )


def check_source(
    options: JobOptions, source: MediaInfo, *, engine: str | None
) -> tuple[JobWarning, ...]:
    """What these options can't change on this source; nothing, where all of them count.

    Raises:
        OptionNotSupportedError: an option for moving pictures, and the source is one picture.
        InvalidOptionError: trimming or ranges beyond the source's end, a timecode that its rate doesn't have.
    """
    names = chosen(options)
    if source.kind is MediaKind.IMAGE:
        for name in _VIDEO_ONLY:
            if name in names:
                raise OptionNotSupportedError(
                    f"`{name}` is for videos; the source is one picture (engine `{engine}`).",
                    option=name,
                    engine=engine,
                )
        idle = [name for name in _IDLE_ON_PICTURES if name in names]
        return tuple(_without_effect([*idle, *_idle_anywhere(options, names)]))
    start = options.trim_start_ms or 0
    if trimmed_ms(source, options) <= 0 or (options.trim_end_ms or 0) > source.duration_ms + 1000:
        late = "trim_start" if start >= source.duration_ms else "trim_end"
        raise InvalidOptionError(
            f"`{late}` is beyond the source's end at {source.duration_ms / 1000:.3f} s.",
            option=late,
        )
    _check_range_times(options, source)
    return tuple(_idle(options, source, names))


def _idle(options: JobOptions, source: MediaInfo, names: frozenset[str]) -> list[JobWarning]:
    warnings: list[JobWarning] = []
    if options.original_sound is OriginalSound.MIX and not source.has_audio:
        warnings.append(JobWarning.of("original_sound_missing", option="original_sound"))
    if options.changed_ranges or options.when_shorter is WhenShorter.SILENCE:
        idle = {"when_longer"} | ({"when_shorter"} if options.changed_ranges else set())
        warnings += _without_effect(sorted(idle & names))
    return warnings + _without_effect(_idle_anywhere(options, names))


def _idle_anywhere(options: JobOptions, names: frozenset[str]) -> list[str]:
    """Options that others of the same job leave without effect, whatever the source is."""
    idle = []
    if options.second_speech_id is not None and not options.segments and "face" in names:
        idle.append("face")
    if options.original_sound is not OriginalSound.MIX and "original_volume" in names:
        idle.append("original_volume")
    return idle


def _without_effect(names: Iterable[str]) -> list[JobWarning]:
    return [JobWarning.of("option_without_effect", option=name) for name in names]


def _check_face(options: JobOptions) -> None:
    face = options.face
    if face is None:
        return
    ways = [way for way in (face.number, face.point, face.box, face.pixels) if way is not None]
    if len(ways) != 1:
        raise InvalidOptionError(
            "`face` takes exactly one of `number`, `point`, `box` and `pixels`.", option="face"
        )
    if face.box is not None and (
        face.box.x + face.box.width > 1 + 1e-9 or face.box.y + face.box.height > 1 + 1e-9
    ):
        raise InvalidOptionError("`face.box` reaches outside the picture.", option="face")
    if face.pixels is not None and (
        face.pixels.right < face.pixels.left or face.pixels.bottom < face.pixels.top
    ):
        raise InvalidOptionError("`face.pixels` ends before it begins.", option="face")


def _check_ranges(options: JobOptions) -> None:
    moments = [at for one in options.time_ranges for at in (one.start, one.end)]
    if len({type(at) for at in moments}) > 1:
        raise InvalidOptionError(
            "`time_ranges` are all in seconds or all timecodes.", option="time_ranges"
        )
    for at in moments:
        if isinstance(at, str) and not is_timecode(at):
            raise InvalidOptionError(
                f"{at!r} is not a timecode like 00:01:30:12.", option="time_ranges"
            )
        if isinstance(at, int) and at < 0:
            raise InvalidOptionError("`time_ranges` begin at 0.", option="time_ranges")
    if moments and isinstance(moments[0], int):
        _check_order([Fraction(at, 1000) for at in moments if isinstance(at, int)])


def _check_segments(options: JobOptions) -> None:
    if not options.segments:
        return
    names = ("time_ranges", "speech_start_ms", "phonemes", "max_duration_ms")
    for name in (name for name in names if getattr(options, name)):
        shown = name.removesuffix("_ms")
        raise InvalidOptionError(f"`{shown}` and `segments` don't go together.", option="segments")
    _check_order(
        [Fraction(at, 1000) for one in options.segments for at in (one.start_ms, one.end_ms)],
        option="segments",
    )
    voices = {one.voice for one in options.segments}
    if (1 in voices) != (options.second_speech_id is not None):
        raise InvalidOptionError(
            "`second_speech` is there if, and only if, a segment is spoken by it.",
            option="segments",
        )
    if any(one.until_ms is not None and one.until_ms <= one.from_ms for one in options.segments):
        raise InvalidOptionError("A segment's voice ends before it begins.", option="segments")


def _check_range_times(options: JobOptions, source: MediaInfo) -> None:
    """The ranges on the source's own clock."""
    if not options.changed_ranges:
        return
    option = "segments" if options.segments else "time_ranges"
    fps = source.fps or Fraction(25)
    times: list[Fraction] = []
    for at in (at for one in options.changed_ranges for at in (one.start, one.end)):
        try:
            times.append(Fraction(at, 1000) if isinstance(at, int) else seconds_of(at, fps))
        except ValueError as error:
            raise InvalidOptionError(f"{error}.", option=option) from error
    _check_order(times, option=option)
    end = Fraction(source.duration_ms, 1000)
    for start, stop in zip(times[::2], times[1::2], strict=True):
        if stop - start < 1 / fps:
            raise InvalidOptionError(
                f"A time range is shorter than one frame ({float(1 / fps):.3f} s).",
                option=option,
            )
        if start >= end or stop > end + 1:
            raise InvalidOptionError(
                f"A time range is beyond the source's end at {float(end):.3f} s.",
                option=option,
            )


def _check_order(times: list[Fraction], *, option: str = "time_ranges") -> None:
    for start, stop in zip(times[::2], times[1::2], strict=True):
        if stop <= start:
            raise InvalidOptionError(f"One of `{option}` ends before it begins.", option=option)
    for stop, start in zip(times[1::2], times[2::2], strict=False):
        if start < stop:
            raise InvalidOptionError(f"`{option}` are in order and don't overlap.", option=option)


def _clean(name: str) -> str:
    """A file name of letters, digits, space and ._-; without folder, ending in `.mp4`."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _NAME.sub("_", last).strip(" .")
    if not clean.strip("_-. "):
        raise InvalidOptionError("`output_name` has no letter or digit.", option="output_name")
    return clean if clean.lower().endswith(".mp4") else f"{clean}.mp4"
